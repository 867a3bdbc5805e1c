export { Tokens } from './tokens.ts';
