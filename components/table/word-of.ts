/** How a facet writes a value: by `words`, or as it is; a link may name a value that does not exist. */
export function wordOf(words: Readonly<Record<string, string>>): (value: string) => string {
  return (value) => words[value] ?? value;
}
