export { Renditions, type RenditionState } from './renditions.ts';
