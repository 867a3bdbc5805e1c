/** A variable as `.env.example` tells of it. */
export interface Described {
  name: string;
  /** Empty: none. */
  default: string;
  /** The comment above it; variables that follow one another without a comment between them share it. */
  text: string;
}

/** A part of `.env.example`: what stands below a line `# --- title ---`. */
export interface Section {
  title: string;
  variables: Described[];
}

/**
 * Reads `.env.example`. A comment that an empty line follows, as at the top of the file, is about no variable.
 * @throws Error naming a line that is neither a comment nor a variable.
 */
export function readExample(example: string): Section[] {
  const sections: Section[] = [{ title: 'General', variables: [] }];
  let comment: string[] = [];
  let told = true;
  for (const line of example.split('\n')) {
    const title = /^# --- (.+?) -+$/.exec(line)?.[1];
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (title !== undefined) sections.push({ title, variables: [] });
    else if (name !== undefined) {
      sections.at(-1)?.variables.push({ name, default: value ?? '', text: comment.join(' ') });
      told = true;
    } else if (line.startsWith('# ')) {
      if (told) comment = [];
      told = false;
      comment.push(line.slice(2));
    } else if (line === '') comment = [];
    else throw new Error(`.env.example: "${line}" is neither a comment nor a variable`);
  }
  return sections;
}
