/** Latin letters that are a letter with a stroke or two letters in one, which Unicode does not take apart; and the Greek sigma that ends words. */
const letters: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  þ: 'th',
  ŧ: 't',
  ς: 'σ',
};
const letter = new RegExp(`[${Object.keys(letters).join('')}]`, 'gu');
/** A Latin letter with its accents. Marks of other scripts are part of the letter: が is not か, й is not и. */
const accented = /(\p{Script=Latin})\p{Mn}+/gu;
const ascii = /^\p{ASCII}*$/u;

/**
 * One spelling for what is stored and for what is asked: without case, width (Unicode NFKC: `Ａ` is `A`, `ｱ` is `ア`) and Latin accents
 * (`é` is `e`, `ø` is `o`, `ß` is `ss`). Idempotent; a letter folds in the same way whatever stands beside it.
 */
export function foldText(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return foldWidth(text)
    .normalize('NFD')
    .replace(accented, '$1')
    .replace(letter, (found) => letters[found] ?? found)
    .normalize('NFC');
}

/** As `foldText`, but with accents: how the first release folded, whose rows may still be there (see `refillSearchTexts`). */
export function foldWidth(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
