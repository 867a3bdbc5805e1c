/** What TypeScript uses of the scripts' common ground: see workspace.mjs. */
export function pinnedNode(): string;
