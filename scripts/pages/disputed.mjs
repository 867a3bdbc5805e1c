/**
 * Where a collection expects what the page does not say, with the reason: `<collection>/<page> <field>`. Read by hand. A collection records
 * what its own program found, mistakes included.
 */
export const disputed = new Map([
  ['metascraper/bukvy title', 'the title of the window, with the name of the site behind it'],
  ['metascraper/transistor title', 'the title of the window, with the name of the player before it'],
  ['metascraper/transistor author', 'the words of a link: "View the Website"'],
  ['metascraper/transistor site', 'the title of the episode'],
  ['metascraper/sfstandard author', 'an account, lsariasfstandard.com; the byline says Lauren Saria'],
  ['readability/ietf-1 author', 'one of the two authors'],
  [
    'readability/quanta-1 description',
    'a description that is cut before its last word; the page has the whole one too',
  ],
  ['readability/seattletimes-1 author', 'two times; the byline says Benjamin Romano'],
  ['readability/spiceworks author', 'a time: "Last Updated: January 7, 2025"'],
]);
