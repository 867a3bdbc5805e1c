/** What was to be read as a feed is none. Of no family of errors: it is thrown in a child, and who hears it there says `BadPayload`. */
export class NoFeed extends Error {
  override readonly name = 'NoFeed';
}
