import { z } from 'zod';
import { settingFacts } from '../settings/setting-facts.ts';

/** Everything that is public needs no account, up to 60 questions an hour; with a token it is 5,000. */
export const githubSettings = z.object({
  token: z
    .string()
    .trim()
    .regex(/^[\w.~+/-]{20,1000}=*$/, 'must be a token such as GitHub gives it (github_pat_..., ghp_...)')
    .optional()
    .register(settingFacts, {
      description:
        'Token for api.github.com; without any permission it raises the limit from 60 to 5,000 questions an hour.',
      secret: true,
    }),
});

export type GithubSettings = z.infer<typeof githubSettings>;
