import { z } from 'zod';
import { settingFacts } from '../settings/setting-facts.ts';

/** Who can be asked for a post, the best first. */
export const sourceNames = ['fxtwitter', 'vxtwitter', 'syndication'] as const;
export type SourceName = (typeof sourceNames)[number];

const name = `(?:${sourceNames.join('|')})`;

function address(standard: string, description: string) {
  return z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default(standard)
    .register(settingFacts, { description, secret: false });
}

/** Which services are asked, and where they are: FxTwitter and vxTwitter can be run by anybody. No account is involved. */
export const xSettings = z.object({
  sources: z
    .string()
    .trim()
    .max(200)
    .regex(new RegExp(`^${name}(?:\\s*,\\s*${name})*$`), `must be some of ${sourceNames.join(', ')}, parted by commas`)
    .default(sourceNames.join(','))
    .register(settingFacts, { description: 'Services to ask for a post, in this order.', secret: false }),
  fxtwitter_url: address('https://api.fxtwitter.com', 'Address of the FxTwitter API.'),
  vxtwitter_url: address('https://api.vxtwitter.com', 'Address of the vxTwitter API.'),
});

export type XSettings = z.infer<typeof xSettings>;

/** The services of the setting, each once. */
export function sourcesOf({ sources }: XSettings): ReadonlySet<SourceName> {
  return new Set(sources.split(',').map((part) => part.trim() as SourceName));
}
