/** The same descriptions for fields of several types: `under(['A', 'B'], { id })` describes `A.id` and `B.id`. */
export function under(places: readonly string[], fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    places.flatMap((place) => Object.entries(fields).map(([name, text]) => [`${place}.${name}`, text])),
  );
}
