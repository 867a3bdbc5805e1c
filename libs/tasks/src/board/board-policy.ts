/** Where the board is. */
export const boardPath = '/queues-board';

/**
 * What a browser may load for the board: its own scripts, styles and pictures, and its data. The page also names fonts of another host; they
 * stay away, and the browser takes its own.
 */
export const boardPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
