import type { DomDocument } from '../dom.ts';
import type { JsonLd } from '../json-ld.ts';
import type { Metas } from '../metas.ts';

/** What the readers of single fields work on. */
export interface Facts {
  document: DomDocument;
  /** For relative addresses. */
  base: string;
  /** The page's own address. */
  url: string;
  metas: Metas;
  ld: JsonLd;
}
