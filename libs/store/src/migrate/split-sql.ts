/**
 * Cuts a script into statements, comments that stand before a statement included. Knows strings, quoted names, dollar quotes and
 * comments; no psql commands.
 */
export function splitSql(script: string): string[] {
  const statements: string[] = [];
  // In order: line comment, block comment, string, quoted name, dollar quote with its tag, the separator.
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|;/g;
  let start = 0;
  for (const match of script.matchAll(token)) {
    if (match[0] !== ';') continue;
    statements.push(script.slice(start, match.index + 1).trim());
    start = match.index + 1;
  }
  const rest = script.slice(start).trim();
  if (rest.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== '') statements.push(rest);
  return statements;
}

/** A statement without its comments and line breaks: what makes two statements the same. */
export function normalizeSql(statement: string): string {
  return statement
    .replace(/^[^\S\n\r\u2028\u2029]*--[^\n]*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}
