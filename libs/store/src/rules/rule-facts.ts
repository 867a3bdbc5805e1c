/** What rules look at in a content. A change of any of these is a reason to ask the rules again. */
export interface RuleFacts {
  platform: string;
  contentType: string | null;
  title: string | null;
  description: string | null;
  bodyText: string | null;
  authorId: string | null;
  authorName: string | null;
  tags: string[];
  isNsfw: boolean;
}

/** The columns of `RuleFacts`, for Prisma. */
export const factColumns = {
  platform: true,
  contentType: true,
  title: true,
  description: true,
  bodyText: true,
  authorId: true,
  authorName: true,
  tags: true,
  isNsfw: true,
} as const satisfies Record<keyof RuleFacts, true>;
