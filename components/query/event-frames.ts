export type EventFrame = Readonly<{ event: string; data: string }>;

/**
 * Splits the text of an event stream into its events, however the network cut it.
 *
 * Lines of one event's `data` are joined by line breaks; comments are left out.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createFrameReader(): (chunk: string) => EventFrame[] {
  let rest = "";
  return (chunk) => {
    const blocks = (rest + chunk.replaceAll("\r\n", "\n")).split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      const frame = parseBlock(block);
      return frame === null ? [] : [frame];
    });
  };
}

function parseBlock(block: string): EventFrame | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length === 0 && event === "message" ? null : { event, data: data.join("\n") };
}
