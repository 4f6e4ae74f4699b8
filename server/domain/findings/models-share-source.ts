import type { Evidence, Finding } from "@/server/contract/finding";
import { effectiveKey, isMultiFile } from "../cache-key";
import type { ClaimFacts, ServiceFacts, Surroundings } from "../facts";
import { modelFileName } from "../file-name";
import type { Model } from "../objects";
import { bytesIdentities } from "../same-bytes";
import { servingClaim } from "../service-state";
import { cachedModels } from "../space";
import { displaySource, listNames, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** What two Models with the same bytes make of it on one claim. */
type Sharing = "sharedFiles" | "twoNames" | "twoDirectories";
type Pair = { readonly a: Model; readonly b: Model; readonly sharing: Sharing };

const MOST_SHOWN = 3;

/** Another Model brings the same bytes onto the claim that serves this service: shared as one file, or there twice. */
export function modelsShareSource(facts: ServiceFacts): Finding | null {
  const claim = servingClaim(facts);
  const own = cachedModels(facts);
  const others = facts.likeModels.filter(({ claims }) => claim !== null && claims.includes(claim));
  const pairs = own.flatMap((a) => others.flatMap(({ model }) => pairOf(a, model) ?? []));
  return claim === null ? null : build(pairs, claim, facts.surroundings);
}

/** The same for all Models that services keep on the claim. */
export function modelsShareSourceOnClaim(facts: ClaimFacts): Finding | null {
  const kept = facts.uses.flatMap(({ how, model }) => (how === "preStaged" ? [] : (model ?? [])));
  const models = new Map(kept.map((model) => [model.metadata.name, model]));
  const withBytes = new Map<string, Model[]>();
  for (const model of models.values()) {
    for (const identity of bytesIdentities(model)) {
      withBytes.set(identity, [...(withBytes.get(identity) ?? []), model]);
    }
  }
  const pairs = [...withBytes.values()].flatMap(([first, ...rest]) =>
    rest.flatMap((other) => (first === undefined ? [] : (pairOf(first, other) ?? []))),
  );
  return build(distinct(pairs), facts.claim.metadata.name, facts.surroundings);
}

/** null: nothing of their bytes is the same. */
function pairOf(a: Model, b: Model): Pair | null {
  if (effectiveKey(a) !== effectiveKey(b)) {
    const known = new Set(bytesIdentities(a));
    const common = bytesIdentities(b).some((identity) => known.has(identity));
    return common ? { a, b, sharing: "twoDirectories" } : null;
  }
  if (isStagedAlone(a) && isStagedAlone(b) && modelFileName(a) !== modelFileName(b)) {
    return { a, b, sharing: "twoNames" };
  }
  return { a, b, sharing: "sharedFiles" };
}

const isStagedAlone = (model: Model) => !isMultiFile(model);

function distinct(pairs: readonly Pair[]): Pair[] {
  const keyOf = ({ a, b }: Pair) => `${a.metadata.name}/${b.metadata.name}`;
  return [...new Map(pairs.map((pair) => [keyOf(pair), pair])).values()];
}

function build(pairs: readonly Pair[], claim: string, surroundings: Surroundings): Finding | null {
  const twice = pairs.filter(({ sharing }) => sharing !== "sharedFiles");
  const first = twice[0] ?? pairs[0];
  if (first === undefined) return null;
  const more = pairs.length - 1;
  return buildFinding({
    code: "ModelsShareSource",
    severity: twice.length > 0 ? "warning" : "info",
    message: `${SENTENCES[first.sharing](first, quote(claim))}${more === 0 ? "" : ` ${more} more such ${more === 1 ? "pair" : "pairs"} on it.`}`,
    nextStep: NEXT_STEPS[first.sharing],
    evidence: [...new Set([first, ...pairs].flatMap(({ a, b }) => [a, b]))]
      .slice(0, MOST_SHOWN)
      .flatMap((model) => evidenceOf(model, surroundings)),
  });
}

type Say = (pair: Pair, claim: string) => string;
const names = ({ a, b }: Pair) => listNames([a.metadata.name, b.metadata.name]);

const SENTENCES: Readonly<Record<Sharing, Say>> = {
  sharedFiles: (pair, claim) =>
    `Models ${names(pair)} have one source and share directory ${quote(effectiveKey(pair.a) ?? "")} of claim ${claim}: what one has downloaded the other finds.`,
  twoNames: (pair, claim) =>
    `Models ${names(pair)} have one source and share directory ${quote(effectiveKey(pair.a) ?? "")} of claim ${claim}, but under two file names (${quote(modelFileName(pair.a))} and ${quote(modelFileName(pair.b))}): the same bytes are downloaded and kept twice.`,
  twoDirectories: (pair, claim) =>
    `Models ${names(pair)} bring the same bytes onto claim ${claim} under two directories (${quote(effectiveKey(pair.a) ?? "")} and ${quote(effectiveKey(pair.b) ?? "")}), because their sources are written differently: they are downloaded and kept twice.`,
};

const NEXT_STEPS: Readonly<Record<Sharing, string>> = {
  sharedFiles:
    "Nothing to do. Removing or refreshing the directory for one of them concerns the other as well.",
  twoNames:
    "Let the services use one Model. LLMKube names the file after the Model until it has read the GGUF header, so the second name may stay behind.",
  twoDirectories:
    "Write both sources the same way, or let the services use one Model; the directory that is left over is not removed by itself.",
};

function evidenceOf(model: Model, surroundings: Surroundings): Evidence[] {
  const fact = (field: string, value: string) =>
    seen(surroundings, { kind: "Model", object: model, field, value });
  return [
    fact("spec.source", displaySource(model.spec.source)),
    fact("status.cacheKey", model.status?.cacheKey ?? `${effectiveKey(model) ?? ""} (derived)`),
  ];
}
