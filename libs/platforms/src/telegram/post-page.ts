import { isWithin, marksOf, type Mark } from './marks.ts';

const widget = 'tgme_widget_message';
/** What belongs to somebody else's words inside of a post. */
const foreign = [`${widget}_reply`, `${widget}_link_preview`];

/** The one post that an embedded page shows, as its elements. */
export class PostPage {
  readonly #marks: readonly Mark[];

  /** @throws BadPayload for nesting beyond all reason */
  constructor(page: string) {
    this.#marks = marksOf(page);
  }

  /** The elements with a class of the widget, such as `photo_wrap`; those of replies and previews only by their own names. */
  all(name: string): Mark[] {
    return this.withClass(`${widget}_${name}`);
  }

  first(name: string): Mark | undefined {
    return this.all(name)[0];
  }

  /** Elements with one of these classes, in the order of the page; what replies and previews say is left out. */
  withClass(...names: readonly string[]): Mark[] {
    return this.#marks.filter(
      (mark) =>
        mark.classes.some((each) => names.includes(each)) && !foreign.some((each) => isWithin(mark.around, each)),
    );
  }

  /** Elements below another one. */
  below(parent: Mark | undefined, name: string): Mark[] {
    return parent === undefined
      ? []
      : this.#marks.filter((mark) => mark.classes.includes(name) && isBelow(mark, parent));
  }

  /** The element that is the post; undefined where there is none. */
  get message(): Mark | undefined {
    return this.#marks.find(
      ({ classes, attributes }) => classes.includes(widget) && attributes['data-post'] !== undefined,
    );
  }
}

/** The address in `background-image:url('...')`; undefined where there is none. */
export function backgroundOf(mark: Mark | undefined): string | undefined {
  return /background-image:\s{0,5}url\(\s{0,5}['"]?([^'")\s]{1,4000})/i.exec(mark?.attributes['style'] ?? '')?.[1];
}

function isBelow(mark: Mark, parent: Mark): boolean {
  for (let at = mark.around; at !== null; at = at.around) if (at === parent) return true;
  return false;
}
