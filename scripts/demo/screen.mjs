/** What the demo writes: plain lines; colours only where they can be seen. */
import { styleText } from 'node:util';

const began = performance.now();
const paint = (style, text) => styleText(style, text, { stream: process.stdout });

/** A heading. */
export const step = (text) => console.log(`\n${paint('bold', text)}`);

/** Something that happened: when, to which content, what. */
export function happened(what, id, text, style = 'cyan') {
  const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(7);
  const number = (id === null ? '' : `#${id}`).padEnd(4);
  console.log(`${paint('dim', seconds)}  ${number} ${paint(style, what.padEnd(9))} ${text}`);
}

/** A remark. */
export const say = (text) => console.log(paint('dim', `         ${text}`));

/** A promise, kept or not. @returns whether it is kept */
export function promise(text, kept, otherwise = '') {
  console.log(`  ${kept ? paint('green', 'yes') : paint('red', 'NO ')}  ${text}${kept ? '' : `: ${otherwise}`}`);
  return kept;
}

/** Rows of text below a row of headings. */
export function table(headings, rows) {
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column])].map(width)),
  );
  const line = (cells) =>
    `  ${cells.map((cell, column) => `${cell}${' '.repeat(widths[column] - width(cell))}`).join('  ')}`.trimEnd();
  console.log(paint('dim', line(headings)));
  for (const row of rows) console.log(line(row));
}

/** Cuts a text to so many columns of a terminal. */
export function fit(text, columns) {
  let cut = text;
  while (width(cut) > columns) cut = `${[...cut.replace(/…$/, '')].slice(0, -1).join('')}…`;
  return cut;
}

/** Columns: East Asian characters and emoji take two. */
const width = (text) =>
  [...text].reduce(
    (sum, character) =>
      sum +
      (/[\p{Extended_Pictographic}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1),
    0,
  );
