import { catalogue } from "./catalogue";

const SCOPES = { both: "claim and service", claim: "claim", service: "service" } as const;

/** The findings' page of the documentation, in Markdown: every code of the catalogue, in its order. */
export function buildFindingsPage(): string {
  const rows = catalogue.map(
    ({ code, title, severity }) => `| [${code}](#${code.toLowerCase()}) | ${title} | ${severity} |`,
  );
  const sections = catalogue.flatMap((entry) => [
    "",
    `## ${entry.code}`,
    "",
    `**${entry.title}** (${entry.severity}, on the ${scopeOf(entry.ofService !== null, entry.ofClaim !== null)})`,
    "",
    entry.explanation,
  ]);
  return [
    "# Findings",
    "",
    "<!-- Written by `npm run docs:findings` from the catalogue. Do not edit. -->",
    "",
    "A finding is one thing wrong or worth knowing about a service or a claim: a code that keeps its meaning, a severity, one",
    "sentence, what to do next, and the facts it rests on with their age. The severity below is what it usually is; some findings",
    "are milder in milder cases. What may not be listed is unknown, and never reported as missing.",
    "",
    "Severities, worst first: `error` (it does not work, or will not after the next restart), `warning` (it works, but not as it",
    "looks), `info` (worth knowing, nothing to do), `unknown` (cannot be told with the present permissions).",
    "",
    "| code | what | usually |",
    "| --- | --- | --- |",
    ...rows,
    ...sections,
    "",
  ].join("\n");
}

function scopeOf(ofService: boolean, ofClaim: boolean): string {
  if (ofService && ofClaim) return SCOPES.both;
  return ofClaim ? SCOPES.claim : SCOPES.service;
}
