/** The text as one word of a POSIX shell, whatever it holds; also where the kubelet reads it first and replaces `$$` and `$(NAME)`. */
export function quote(text: string): string {
  const quoted = text.replaceAll("'", `'\\''`).replace(/\$(?=[$(])/g, () => "$''");
  return `'${quoted}'`;
}

/** Joins steps into one script that ends at the first failing command. */
export function script(...steps: readonly string[]): string {
  return ["set -eu", ...steps].join("\n");
}

/** Says what is wrong and fails the container. */
export function failingScript(message: string): string {
  // `echo` of the images' shells would read backslashes and a leading -n in the message
  return script(`printf '%s\\n' ${quote(message)} >&2`, "exit 1");
}
