import type { Verdict } from "@/server/contract/preflight";
import type { Outcome } from "./play";
import type { Prediction } from "./predict";
import type { Row } from "./row";

export type Played = {
  readonly row: Row;
  readonly prediction: Prediction;
  readonly outcome: Outcome;
};

/** Predicted → what became of the pods → how often. */
export type Confusion = Readonly<Record<Verdict, Readonly<Record<Outcome["kind"], number>>>>;

const VERDICTS: readonly Verdict[] = ["pass", "warn", "unknown", "block"];
const OUTCOMES: readonly Outcome["kind"][] = ["runs", "some", "waits"];

export function confusionOf(played: readonly Played[]): Confusion {
  const count = (verdict: Verdict, kind: Outcome["kind"]) =>
    played.filter(
      ({ prediction, outcome }) => prediction.verdict === verdict && outcome.kind === kind,
    ).length;
  return Object.fromEntries(
    VERDICTS.map((verdict) => [
      verdict,
      Object.fromEntries(OUTCOMES.map((kind) => [kind, count(verdict, kind)])),
    ]),
  ) as Confusion; // every verdict and outcome is there
}

/** The table, for people. */
export function tableOf(confusion: Confusion): string {
  const head =
    "| predicted | all pods get a node | some do | none does |\n| --- | --- | --- | --- |";
  const lines = VERDICTS.map(
    (verdict) =>
      `| ${verdict} | ${OUTCOMES.map((kind) => String(confusion[verdict][kind])).join(" | ")} |`,
  );
  return [head, ...lines].join("\n");
}

/** What is wrong with a prediction, as sentences; none when nothing is. */
export function judge({ row, prediction, outcome }: Played): string[] {
  const said = outcome.said === "" ? "" : ` (${outcome.said})`;
  const what = `${outcome.kind} on [${outcome.nodes.join(", ")}]${said}`;
  const { verdict, messages } = prediction;
  const wrong: readonly (readonly [boolean, string])[] = [
    [verdict !== row.verdict, `predicted ${verdict}: ${JSON.stringify(messages)}`],
    [verdict === "pass" && outcome.kind !== "runs", "wrong pass"],
    [verdict === "pass" && isElsewhere(prediction, outcome), "on a node that was not predicted"],
    [verdict === "block" && outcome.kind === "runs", "wrong block"],
    [(row.outcome ?? outcome.kind) !== outcome.kind, `expected that it ${row.outcome ?? ""}`],
  ];
  return wrong.filter(([is]) => is).map(([, why]) => `${row.name}: ${why}; it ${what}`);
}

function isElsewhere({ nodes }: Prediction, outcome: Outcome): boolean {
  return outcome.nodes.some((name) => nodes?.includes(name) !== true);
}
