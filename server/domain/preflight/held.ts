import { effectiveKey, isStaleKey } from "../cache-key";
import { declaredClaim } from "../claim-selection";
import type { ClaimFacts, ServiceFacts, ServiceUse } from "../facts";
import { planFileSet } from "../file-set";
import type { Job, Model, Pod, PodSpec } from "../objects";
import { initStatuses, isReady } from "../pod-state";
import { SERVICE_LABEL } from "../service-labels";
import { draftUsesCache, isVisible } from "../service-state";
import { resolvedSource } from "../source";
import { quote } from "../wording";

/** Whether a claim has what a service loads. */
export type Held = {
  /** null: nothing tells. */
  readonly held: boolean | null;
  /** What tells it, or hints at it, as one sentence; null when nothing does. */
  readonly because: string | null;
  /** Models whose files are not known to be there. */
  readonly missing: readonly Model[];
};

type Container = PodSpec["containers"][number];
type Sign = { readonly held: boolean | null; readonly because: string | null };

const NOTHING: Sign = { held: null, because: null };

/** Whether the claim has the service's model, and its draft's where that is kept there too, by what finished a download onto it. */
export function heldOn(facts: ServiceFacts, claimFacts: ClaimFacts | null): Held {
  const models = modelsOf(facts);
  if (claimFacts === null || models.length === 0) return { ...NOTHING, missing: models };
  const signs = models.map((model) => ({ model, ...signOf(model, claimFacts) }));
  const missing = signs.filter(({ held }) => held !== true).map(({ model }) => model);
  const because = signs.find(({ held }) => held !== true)?.because ?? signs[0]?.because ?? null;
  if (missing.length === 0) return { held: true, because, missing };
  const absent = signs.some(({ held }) => held === false);
  return { held: absent ? false : null, because, missing };
}

/** What the service keeps on its cache claim. */
function modelsOf(facts: ServiceFacts): Model[] {
  const draft = facts.draftModel !== null && draftUsesCache(facts) ? facts.draftModel : null;
  return [facts.model, draft].filter((model): model is Model => model !== null);
}

function signOf(model: Model, facts: ClaimFacts): Sign {
  const key = effectiveKey(model);
  if (key === null) return NOTHING;
  const done =
    byScan(key, facts) ?? byPod(model, facts) ?? byJob(model, facts) ?? byMemory(model, facts);
  if (done !== null) return done;
  if (isNew(facts)) return { held: false, because: "The claim is new and empty." };
  return wasServed(model, facts) ?? NOTHING;
}

/** A pod that mounted the claim after the look may have changed what is there. */
function byScan(key: string, { scan, pods }: ClaimFacts): Sign | null {
  if (scan === null) return null;
  if (scan.completeKeys.includes(key)) {
    return { held: true, because: `A scan at ${scan.finishedAt} found it there.` };
  }
  return pods.length > 0
    ? null
    : { held: false, because: `A scan at ${scan.finishedAt} did not find it there.` };
}

function byPod(model: Model, { pods }: ClaimFacts): Sign | null {
  const pod = pods.find((candidate) =>
    (candidate.spec?.initContainers ?? []).some(
      (container) => brings(container, model) && hasFinished(candidate, container.name),
    ),
  );
  if (pod === undefined) return null;
  const service = pod.metadata.labels?.[SERVICE_LABEL];
  const who =
    service === undefined ? `Pod ${quote(pod.metadata.name)}` : `Service ${quote(service)}`;
  return { held: true, because: `${who} has downloaded it there.` };
}

function hasFinished(pod: Pod, container: string): boolean {
  const status = initStatuses(pod).find(({ name }) => name === container);
  return status?.state?.terminated?.exitCode === 0 || isReady(pod);
}

function byJob(model: Model, { jobs }: ClaimFacts): Sign | null {
  const job = jobs.find(
    (candidate) =>
      isComplete(candidate) &&
      (candidate.spec?.template.spec?.containers ?? []).some((container) =>
        brings(container, model),
      ),
  );
  if (job === undefined) return null;
  return { held: true, because: `Job ${quote(job.metadata.name)} has downloaded it there.` };
}

/** A download that was seen to end, of a pod that may be gone. Which files of several it brought is not kept. */
function byMemory(model: Model, { held }: ClaimFacts): Sign | null {
  const entry = held.find((candidate) => candidate.key === effectiveKey(model));
  if (entry === undefined || isStaleKey(model)) return null;
  const whole = filesOf(model).length === 0;
  const because = whole
    ? `It was downloaded there at ${entry.at}.`
    : `Files of it were downloaded there at ${entry.at}; which ones is not known.`;
  return { held: whole ? true : null, because };
}

function isComplete({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value }) => type === "Complete" && value === "True",
  );
}

/** Whether the container brings all of the Model's files from the Model's present source into its directory. */
export function brings({ env = [] }: Container, model: Model): boolean {
  const value = (name: string) => env.find((entry) => entry.name === name)?.value ?? "";
  const { source } = model.spec;
  return (
    value("CACHE_DIR").endsWith(`/${effectiveKey(model) ?? ""}`) &&
    [source, resolvedSource(source)].includes(value("MODEL_SOURCE")) &&
    filesOf(model).every((file) => value("MODEL_FILES").split("\n").includes(file))
  );
}

function filesOf(model: Model): readonly string[] {
  const set = planFileSet(model);
  return set.kind === "multi" ? set.files : [];
}

/** Without a volume there is nothing on it. */
export function isNew({ claim }: ClaimFacts): boolean {
  return (claim.spec?.volumeName ?? "") === "" && (claim.status?.phase ?? "Pending") === "Pending";
}

/** A service served the model from the claim once. That is a hint only: nobody has looked since. */
function wasServed(model: Model, { claim, uses, surroundings }: ClaimFacts): Sign | null {
  const use = uses.find((candidate) => servedFrom(candidate, claim.metadata.name, model));
  if (use === undefined) {
    return isVisible(surroundings, "pods")
      ? null
      : {
          held: null,
          because: "Pods may not be listed here, so who downloaded what is not known.",
        };
  }
  const name = quote(use.service.metadata.name);
  const at = use.attachment?.closedAt ?? "an earlier time";
  return {
    held: null,
    because: `Service ${name} was ready from it with this model at ${at}; nobody has looked since.`,
  };
}

function servedFrom(
  { service, model: other, attachment }: ServiceUse,
  claim: string,
  model: Model,
) {
  return (
    attachment?.state === "Effective" &&
    attachment.claimName === claim &&
    declaredClaim(service) === claim &&
    other !== null &&
    effectiveKey(other) === effectiveKey(model) &&
    other.spec.source === model.spec.source &&
    filesOf(model).every((file) => filesOf(other).includes(file))
  );
}
