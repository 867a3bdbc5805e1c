import { BadPayload } from '@vaultstream/contracts';
import { parseJson } from './json.ts';

/** What JavaScript writes where JSON has null, each as a whole word. */
const nothing = /^(?:undefined|NaN|-?Infinity|void 0)(?![\w$])/;

/**
 * The object or array that a script assigns, such as `window.state={"a":undefined};more()`: the first one after `marker`. Never evaluated:
 * it is JSON but for `undefined`, which becomes null.
 * @param marker What stands before it, such as `window.__INITIAL_STATE__`.
 * @throws BadPayload when there is none, or when it is anything else than that
 */
export function scriptData(page: string, marker: string): unknown {
  const at = page.indexOf(marker);
  const start = at < 0 ? -1 : page.slice(at + marker.length, at + marker.length + 50).search(/[[{]/);
  if (start < 0) throw new BadPayload(`the page has no ${marker}`);
  return parseJson(Buffer.from(literalFrom(page, at + marker.length + start)));
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
