import { compare } from "./compare-snapshot";
import type { Json, JsonObject } from "./golden-case";
import { field, objects, text } from "./golden-case";

/** A snapshot as it was recorded and as we have it. */
export type SnapshotPair = { readonly recorded: JsonObject; readonly actual: JsonObject };

const HASH = "llmkube.ai/desired-template-hash";

/** The hash itself is of another text than ours; what counts is that it changes when the recorded one does. */
export function compareHashChanges(
  before: SnapshotPair | null,
  now: SnapshotPair,
): readonly string[] {
  if (before === null) return [];
  const [was, is] = [hashes(before.recorded), hashes(now.recorded)];
  const [ours, oursNow] = [hashes(before.actual), hashes(now.actual)];
  return [...is.keys()]
    .filter((name) => was.has(name) && ours.has(name) && oursNow.has(name))
    .filter((name) => (was.get(name) !== is.get(name)) !== (ours.get(name) !== oursNow.get(name)))
    .map((name) => {
      const changed = was.get(name) !== is.get(name);
      return `deployments.${name}.annotations.${HASH}: ${changed ? "did not change" : "changed"}`;
    });
}

function hashes(snapshot: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    objects(snapshot["deployments"]).map(({ metadata = null }) => [
      text(field(metadata, "name")),
      text(field(field(metadata, "annotations"), HASH)),
    ]),
  );
}

/** The same states in the same order; how long each lasted is the machine's. */
export function compareTimeline(
  recorded: JsonObject,
  states: readonly JsonObject[],
): readonly string[] {
  const differences: string[] = [];
  const wanted = objects(recorded["timeline"]).map(({ state = null }) => byType(state));
  compare(wanted, states.map(byType), "timeline", differences);
  return differences;
}

/** The order of conditions means nothing. */
function byType(state: Json): Json {
  if (typeof state !== "object" || state === null || Array.isArray(state)) return state;
  const entries = Object.entries(state as JsonObject).map(([name, value]) => {
    const conditions = objects(field(value, "conditions"));
    if (name === "_deployments") return [name, value] as const;
    const sorted = Object.fromEntries(
      conditions.map((condition) => [text(condition["type"]), condition] as const),
    );
    return [name, { ...(value as JsonObject), conditions: sorted }] as const;
  });
  return Object.fromEntries(entries);
}
