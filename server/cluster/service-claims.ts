import type { Attachment } from "@/server/contract/attachment";
import { claimNameOf, declaredClaim, planClaim } from "@/server/domain/claim-selection";
import type { ServiceUse } from "@/server/domain/facts";
import type { Deployment, InferenceService, Model, Pod } from "@/server/domain/objects";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import { SOURCE_VOLUMES } from "@/server/domain/pod-state";
import { pvcSource } from "@/server/domain/source";
import { claimVolumesOf, isFinished, toKey } from "./object-references";

export type How = ServiceUse["how"];

/** By claim key; a claim that only might matter (asked for, or chosen but not rolled out) has no way yet. */
export type ServiceClaims = ReadonlyMap<string, ReadonlySet<How>>;

type ClaimVolume = { readonly volume: string; readonly claim: string };

type Subject = {
  readonly service: InferenceService;
  /** Target first, then the draft; those that exist. */
  readonly models: readonly Model[];
  readonly model: Model | null;
  readonly deployment: Deployment | null;
  readonly pods: readonly Pod[];
  readonly attachment: Attachment | null;
  readonly settings: OperatorSettings;
};

const SOURCES: ReadonlySet<string> = new Set(SOURCE_VOLUMES);

/** Every claim that matters to the service, and in which ways it already uses it. */
export function planServiceClaims(subject: Subject): ServiceClaims {
  const claims = new Map<string, Set<How>>();
  const note = (name: string | null, how?: How): void => {
    if (name === null || name === "") return;
    const key = toKey(subject.service.metadata.namespace, name);
    const hows = claims.get(key) ?? new Set<How>();
    if (how) hows.add(how);
    claims.set(key, hows);
  };
  note(declaredClaim(subject.service), "declared");
  for (const model of subject.models) {
    note(pvcSource(model.spec.source)?.claim ?? null, "preStaged");
  }
  const noteVolume = ({ volume, claim }: ClaimVolume, how: How): void =>
    note(claim, SOURCES.has(volume) ? "preStaged" : how);
  for (const volume of rolledOutVolumes(subject.deployment)) noteVolume(volume, "rolledOut");
  for (const volume of mountedVolumes(subject.pods)) noteVolume(volume, "mounted");
  for (const name of extraClaims(subject.service)) note(name);
  note(chosenClaim(subject));
  note(subject.attachment?.closedAt === null ? subject.attachment.claimName : null);
  return claims;
}

function rolledOutVolumes(deployment: Deployment | null) {
  return deployment ? claimVolumesOf(deployment.spec?.template.spec, deployment.metadata.name) : [];
}

function mountedVolumes(pods: readonly Pod[]) {
  return pods
    .filter((pod) => !isFinished(pod))
    .flatMap(({ metadata, spec }) => claimVolumesOf(spec, metadata.name));
}

/** Claims that the service mounts beside its weights. */
function extraClaims({ spec }: InferenceService): string[] {
  return (spec.extraVolumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
}

/** What the operator will look for, also where only the draft needs it. */
function chosenClaim({ service, models, model, settings }: Subject): string | null {
  const { effectiveClaim, needsClaim } = planClaim({ service, model, settings });
  const wanted = needsClaim || models.length > 1;
  return effectiveClaim ?? (wanted ? claimNameOf(service, settings) : null);
}
