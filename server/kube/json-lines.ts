/** Decodes newline-delimited JSON; each element holds the values that were whole with one chunk. A last line without its end is not a value. */
export async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly unknown[]> {
  const decoder = new TextDecoder();
  // Pieces of an unfinished line: joined once, so that a line of many chunks costs no more than its length.
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    const rest = lines.pop() ?? "";
    const [first, ...others] = lines;
    if (first === undefined) {
      pieces.push(rest);
      continue;
    }
    const whole = [pieces.join("") + first, ...others].filter((line) => line.trim() !== "");
    pieces = [rest];
    if (whole.length > 0) yield whole.map((line) => JSON.parse(line) as unknown);
  }
}
