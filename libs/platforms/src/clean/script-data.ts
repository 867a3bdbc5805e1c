import { BadPayload } from '@vaultstream/contracts';
import { parseJson } from './json.ts';

/** What JavaScript writes where JSON has null, each as a whole word. */
const nothing = /^(?:undefined|NaN|-?Infinity|void 0)(?![\w$])/;

/** What may stand between a name and what is assigned to it: `window["state"] = {`. */
const assignment = /^["'\]\s]{0,10}=\s{0,10}(?=[[{])/;
const space = /^\s{0,10}(?=[[{])/;

/**
 * The object or array that a script assigns, such as `window.state={"a":undefined};more()`: at the first place where one follows `marker`.
 * Never evaluated: it is JSON but for `undefined`, which becomes null.
 * @param marker What stands before it, such as `window.__INITIAL_STATE__`, with or without the sign of equality.
 * @throws BadPayload when there is none, or when it is anything else than that
 */
export function scriptData(page: string, marker: string): unknown {
  const gap = marker.trimEnd().endsWith('=') ? space : assignment;
  for (let at = page.indexOf(marker); at >= 0; at = page.indexOf(marker, at + marker.length)) {
    const after = at + marker.length;
    const between = gap.exec(page.slice(after, after + 30));
    if (between) return parseJson(Buffer.from(literalFrom(page, after + between[0].length)));
  }
  throw new BadPayload(`the page has no ${marker}`);
}

/** From the bracket at `start` to its partner, each `undefined` outside of strings replaced. One pass, no recursion. */
function literalFrom(text: string, start: number): string {
  const parts: string[] = [];
  let [depth, quoted, from] = [0, false, start];
  for (let index = start; index < text.length; index++) {
    const character = text[index] ?? '';
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (--depth === 0) return parts.join('') + text.slice(from, index + 1);
    } else if (/[uNIv-]/.test(character)) {
      const word = nothing.exec(text.slice(index, index + 12))?.[0];
      if (word === undefined) continue;
      parts.push(text.slice(from, index), 'null');
      index += word.length - 1;
      from = index + 1;
    }
  }
  throw new BadPayload('the data of the page is cut');
}
