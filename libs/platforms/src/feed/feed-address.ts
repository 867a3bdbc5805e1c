/** Names that feeds bear nearly everywhere: by file, by ending, by last segment, by the parameter of WordPress. */
const file =
  /\/(?:rss|atom|feed|feeds|index|news|posts|blog|all|podcast|export)(?:[._-]?(?:2(?:\.0)?|full|en))?\.(?:xml|rdf|json)$/i;
const ending = /\.(?:rss|atom|rdf)$/i;
const segment = /\/(?:rss|atom|feed)(?:\/(?:rss2?|atom|rdf|default|podcast|main))?\/?$/i;
/** YouTube and Blogger, which put more behind. */
const known = /^\/(?:feeds\/(?:videos\.xml|posts\/default)|feed\/(?:rss|atom)\/.+)/i;
/** `.json` is a feed only by these names. */
const json = /\/(?:feed|feeds\/json|jsonfeed)\.json$/i;

/** True for an address that bears a feed's name. What is there in truth only the answer tells. */
export function namesFeed({ pathname, searchParams }: URL): boolean {
  if (pathname.toLowerCase().endsWith('.json')) return json.test(pathname);
  return (
    file.test(pathname) ||
    ending.test(pathname) ||
    segment.test(pathname) ||
    known.test(pathname) ||
    /^(?:rss2?|atom|rdf|feed|1)$/i.test(searchParams.get('feed') ?? '')
  );
}
