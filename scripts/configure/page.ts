import { format } from 'prettier';
import { readExample, type Described } from './example.ts';
import { readersOf } from './readers.ts';

const intro = `<!-- Made by npm run docs:configure from .env.example and libs/runtime: change those. -->

# Configure

Settings are environment variables. \`npm start\`, \`npm run scale\` and the other scripts also read the file \`.env\` in the folder of the clone; \`docker compose\`
reads the same file; in Kubernetes they stand in \`settings.env\` and the Secret ([how](install/kubernetes.md)). What the environment says goes
before \`.env\`, and an empty variable counts as absent. All are checked at the start: an error names the variable, and nothing runs
half configured. A change counts from the next start on.

**Secrets in files.** Where a variable is marked with _or a file_, \`<NAME>_FILE\` may name a file that holds the value in its place, as containers get
them. Only one of the two can be set.

**Read by** names the processes of a scaled installation; \`npm start\` is all of them in one. Give all processes the same environment: they take what
is theirs.

Some settings can also be changed while everything runs, by \`PUT /api/v1/settings/{key}\` (\`GET /api/v1/settings\` lists them): a row of
the database goes before the variable.
`;

/** In the words of a comment: pages of docs/, addresses, what is to be filled in (`<name>`), names that begin with `__`, variables with a value or a path. */
const codePattern = new RegExp(
  [
    String.raw`\bdocs\/([\w/-]+\.md)`,
    String.raw`(?:\w+=)?(?:https?|postgresql|rediss?):\/\/[^\s,()]*[^\s,().:]`,
    String.raw`(?:[\w./{}-]*<[^>]+>)+[\w.]*`,
    String.raw`\b__\w+`,
    String.raw`\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:[=/]\S*[^\s.,:;)])?`,
  ].join('|'),
  'g',
);

const code = (text: string) => `\`${text}\``;

/**
 * A comment of `.env.example` as Markdown: names of variables and addresses as code, pages of docs/ as links.
 * @param names All variables.
 */
export function toMarkdown(text: string, names: ReadonlySet<string>): string {
  // What is code already stays as it is: every second piece.
  const pieces = text.split(/(`[^`]*`)/);
  const marked = pieces.map((piece, index) =>
    index % 2 === 1
      ? piece
      : piece.replace(codePattern, (found, page: string | undefined) => {
          if (page !== undefined) return `[${page}](${page})`;
          const name = /^[A-Z][A-Z0-9_]*/.exec(found)?.[0];
          return name === undefined || names.has(name) ? code(found) : found;
        }),
  );
  return marked.join('');
}

function entry({ name, default: value, text }: Described, names: ReadonlySet<string>, inFiles: ReadonlySet<string>) {
  const facts = [
    value === '' ? 'no default' : `default ${code(value)}`,
    `read by ${readersOf(name)}`,
    ...(inFiles.has(name) ? [`or a file: ${code(`${name}_FILE`)}`] : []),
  ];
  return `- **${code(name)}** (${facts.join('; ')})${text === '' ? '' : `  \n  ${toMarkdown(text, names)}`}`;
}

/**
 * The text of docs/configure.md.
 * @param example `.env.example`.
 * @param secretVariables Those that may stand in files.
 */
export async function configurePage(example: string, secretVariables: readonly string[]): Promise<string> {
  const sections = readExample(example);
  const names = new Set(sections.flatMap(({ variables }) => variables.map(({ name }) => name)));
  const inFiles = new Set(secretVariables);
  const parts = sections.map(({ title, variables }) => {
    const heading = `## ${title.slice(0, 1).toUpperCase()}${title.slice(1)}`;
    return [heading, variables.map((variable) => entry(variable, names, inFiles)).join('\n')].join('\n\n');
  });
  return format([intro, ...parts].join('\n'), { parser: 'markdown', printWidth: 120 });
}
