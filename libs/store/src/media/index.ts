export { MediaItems, type ArchiveJob } from './media-items.ts';
