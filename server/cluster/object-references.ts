import type {
  AnyObject,
  Claim,
  Deployment,
  InferenceService,
  Job,
  KubeEvent,
  Pod,
  PodSpec,
  Volume,
} from "@/server/domain/objects";
import { MODEL_LABEL, SERVICE_LABEL } from "@/server/domain/service-labels";

/** `namespace/name`, or `name` alone in no namespace. */
export function toKey(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** The object's own key. */
export function keyOf({ metadata }: AnyObject): string {
  return toKey(metadata.namespace, metadata.name);
}

/** Target and draft Model of a service, whether or not the draft is loaded. */
export function modelKeysOf({ metadata, spec }: InferenceService): string[] {
  return [spec.modelRef, spec.speculativeDecoding?.draftModelRef ?? ""]
    .filter((name) => name !== "")
    .map((name) => toKey(metadata.namespace, name));
}

/** The service whose label the object carries; null when it carries none. */
export function serviceKeyOf({ metadata }: Pod | Deployment | Job): string | null {
  const name = metadata.labels?.[SERVICE_LABEL] ?? "";
  return name === "" ? null : toKey(metadata.namespace, name);
}

/** The Model whose label the Job carries; null when it carries none. */
export function modelKeyOf({ metadata }: Job): string | null {
  const name = metadata.labels?.[MODEL_LABEL] ?? "";
  return name === "" ? null : toKey(metadata.namespace, name);
}

/** Claims that a pod would mount, by volume; one made for the pod itself (`ephemeral`) has the name Kubernetes gives it. */
export function claimVolumesOf(
  spec: PodSpec | undefined,
  podName: string,
): { readonly volume: string; readonly claim: string }[] {
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [{ volume: name, claim: persistentVolumeClaim.claimName }];
    return ephemeral ? [{ volume: name, claim: `${podName}-${name}` }] : [];
  });
}

/** Claims that the pod names in its volumes. */
export function claimKeysOfPod({ metadata, spec }: Pod): string[] {
  return claimVolumesOf(spec, metadata.name).map(({ claim }) => toKey(metadata.namespace, claim));
}

/** Claims that pods of the Job name in their volumes. */
export function claimKeysOfJob({ metadata, spec }: Job): string[] {
  return claimVolumesOf(spec?.template.spec, metadata.name).map(({ claim }) =>
    toKey(metadata.namespace, claim),
  );
}

/** The volume that the claim names; null before it is bound. */
export function volumeNameOf({ spec }: Claim): string | null {
  const name = spec?.volumeName ?? "";
  return name === "" ? null : name;
}

/** The claim that the volume is reserved for; null when it is free. */
export function claimKeyOfVolume({ spec }: Volume): string | null {
  const { namespace, name } = spec?.claimRef ?? {};
  return namespace && name ? toKey(namespace, name) : null;
}

/** What an event is about, as `Kind namespace/name`. */
export function regardingOf({ involvedObject: { kind, namespace, name } }: KubeEvent): string {
  return regardingKey(kind ?? "", toKey(namespace ?? "", name ?? ""));
}

/** The form in which {@link regardingOf} names an object. */
export function regardingKey(kind: string, key: string): string {
  return `${kind} ${key}`;
}

/** Done: it mounts nothing any more. */
export function isFinished({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** When the event last happened, as the API server tells it. */
export function eventTime(event: KubeEvent): string {
  return (
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp
  );
}

/** Negative when `a` was made before `b`; by name where they came together. */
export function oldestFirst(a: Pod, b: Pod): number {
  const [left, right] = [a.metadata, b.metadata];
  return (
    left.creationTimestamp.localeCompare(right.creationTimestamp) ||
    left.name.localeCompare(right.name)
  );
}
