/** A post as every source gives it: clean, without addresses of `t.co`, its times in UTC. */
export interface Post {
  id: string;
  text: string | null;
  author: PostAuthor;
  publishedAt: Date | null;
  language: string | null;
  sensitive: boolean;
  stats: Record<string, number>;
  media: readonly PostMedia[];
  poll: readonly PollChoice[];
  article: PostArticle | null;
  /** What readers have added to put it into context. */
  note: string | null;
  /** The post that it shows within itself; only one level deep. */
  quote: Post | null;
  replyTo: { handle: string | null; id: string | null } | null;
  /** Further facts for `raw_metadata`, such as its community, or that its text is cut. */
  facts: Readonly<Record<string, unknown>>;
}

export interface PostAuthor {
  /** As X spells it. Unique whatever its case; its owner may change it. */
  handle: string | null;
  name: string | null;
  avatar: string | null;
}

/** A picture, or a film with the picture that stands for it. An animated GIF is a film without sound. */
export interface PostMedia {
  kind: 'image' | 'video';
  url: string;
  poster: string | null;
  width?: number;
  height?: number;
}

export interface PollChoice {
  label: string;
  votes: number | null;
}

/** A long article. Some sources know its beginning only. */
export interface PostArticle {
  title: string | null;
  preview: string | null;
  body: string | null;
  media: readonly PostMedia[];
}
