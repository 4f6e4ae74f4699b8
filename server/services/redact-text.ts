import { redactSource } from "@/server/domain/source";

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`]+/gi;

/** The text with user info, query and fragment of every URL left out: logs may hold tokens. Pure. */
export function redactText(text: string): string {
  return text.replace(URL_IN_TEXT, (url) => redactSource(url));
}
