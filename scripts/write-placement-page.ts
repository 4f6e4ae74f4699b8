import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Result = {
  readonly rows: number;
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
};

const SERVERS = {
  "control-plane": "On a real control plane, with its scheduler and volume binder",
  sandbox: "On the sandbox",
};

const INTRO = `# Where a service can run: what is predicted, and what happens

Before a claim is attached, Mooring says whether pods could run with it and on which nodes. It goes by the rules of the scheduler's filters: labels, node and pod
affinity, topology spread, taints, cordons and readiness, what a node offers and what the pods there have taken of it (all pods, of every namespace), priorities,
the volume's own nodes or zones, and for a claim without a volume which free one it could get or where its class makes one. What may not be looked at is answered
by "could not check" and the reason. A node that is full of pods of lower priority is a warning: Kubernetes would end them.

These predictions are rows of one matrix (\`server/testing/placement\`). Each row is a unit test; every row that a cluster can express is also built there,
predicted from what Mooring's own watches see, and put to the scheduler as the pods that the built-in operator would make. A pass where a pod gets no node, or one
that was not named, and a block where all get one, fail the test.

The tables are written by \`npx tsx scripts/write-placement-page.ts\` from the last runs of
\`npx vitest run --project integration server/testing/placement\`, with \`MOORING_TEST_SERVER=control-plane\` for the real one.
Pods that a row's service wants and only some of which find a node are "some".

What is not looked at: devices claimed by dynamic resource allocation, what a runtime class adds (unless pods of the service show it), labels of namespaces in pod
affinity, how many volumes a node can attach, and the capacity that a storage driver reports. The first three are "could not check"; the last two are not known to
Mooring at all, so a pass does not cover them.
`;

function section(name: keyof typeof SERVERS): string {
  const file = fileURLToPath(
    new URL(`../.mooring/results/placement-${name}.json`, import.meta.url),
  );
  if (!existsSync(file)) return `## ${SERVERS[name]}\n\nNot run here.\n`;
  const { rows, confusion, skipped } = JSON.parse(readFileSync(file, "utf8")) as Result; // our own test wrote it
  const lines = Object.entries(confusion).map(
    ([verdict, { runs = 0, some = 0, waits = 0 }]) =>
      `| ${verdict} | ${runs} | ${some} | ${waits} |`,
  );
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const left = [...reasons].map(([reason, count]) => `- ${count}: ${reason}`);
  return [
    `## ${SERVERS[name]}`,
    "",
    `${rows - skipped.length} of ${rows} rows.`,
    "",
    "| predicted | all pods get a node | some do | none does |",
    "| --- | --- | --- | --- |",
    ...lines,
    "",
    "Rows left out:",
    "",
    ...left,
    "",
  ].join("\n");
}

const page = fileURLToPath(new URL("../docs/placement.md", import.meta.url));
writeFileSync(page, [INTRO, section("control-plane"), section("sandbox")].join("\n"));
