import type { GoldenCase, Json, JsonObject } from "./golden-case";
import { field, objects, text } from "./golden-case";

const TEXTS = ["message", "note", "schedulingMessage"];
const SHORTEST_NAME = 3;

/** Names of everything the script makes or asks for, the namespace included: what a text may be about. */
export function namesIn({ steps, namespace }: GoldenCase): ReadonlySet<string> {
  const names = new Set([namespace]);
  for (const step of steps) {
    if (step.kind === "action") continue;
    names.add(text(field(step.object["metadata"], "name")));
    const spec = step.object["spec"] ?? null;
    names.add(text(field(field(spec, "modelCache"), "claimName")));
    names.add(text(field(spec, "modelRef")));
  }
  // "a" and "an" are words of every text
  return new Set([...names].filter((name) => name.length >= SHORTEST_NAME));
}

/** Object names that a recorded text has as a word of its own and ours lacks; quoted values are compared elsewhere. */
export function compareNames(
  recorded: JsonObject,
  actual: JsonObject,
  names: ReadonlySet<string>,
): readonly string[] {
  const ours = new Map(textsOf(actual));
  return textsOf(recorded).flatMap(([place, said]) => {
    const answer = ours.get(place);
    if (answer === undefined) return []; // a missing condition or event is told where they are compared
    return [...names]
      .filter((name) => hasWord(said, name) && !hasWord(answer, name))
      .map((name) => `${place}: does not name ${name}`);
  });
}

type Text = readonly [place: string, said: string];

/** Every human-readable text with the place it belongs to. */
function textsOf(snapshot: JsonObject): readonly Text[] {
  const ofObjects = ["inferenceServices", "models"].flatMap((kind) =>
    objects(snapshot[kind]).flatMap(({ metadata = null, status = null }) =>
      statusTexts(`${kind}.${text(field(metadata, "name"))}`, status),
    ),
  );
  const ofEvents = objects(snapshot["operatorEvents"]).map((event): Text => [
    `operatorEvents ${text(event["reason"])} ${text(field(event["regarding"], "name"))}`,
    text(event["note"]),
  ]);
  return [...ofObjects, ...ofEvents];
}

function statusTexts(place: string, status: Json): readonly Text[] {
  const own = TEXTS.map((name): Text => [`${place}.status.${name}`, text(field(status, name))]);
  const conditions = objects(field(status, "conditions")).map((condition): Text => [
    `${place}.${text(condition["type"])}`,
    text(condition["message"]),
  ]);
  return [...own, ...conditions];
}

/** "chat" is no word of "chat-model-cache". */
function hasWord(said: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(?<![\\w.-])${escaped}(?![\\w-])`).test(said);
}
