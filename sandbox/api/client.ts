import type { KubeObject, NewObject } from "./objects";

export type ClientEvent = { type: "ADDED" | "MODIFIED" | "DELETED"; object: KubeObject };

export type PodReference = { namespace: string; name: string; uid: string };

/**
 * In-process, synchronous access with the semantics of the API: defaults, generation, managedFields, resourceVersion,
 * garbage collection, finalizers. `resource` is `pods`, `deployments.apps`, `persistentvolumeclaims`,
 * `inferenceservices.inference.llmkube.dev`, … Writes throw `StatusError`; `get` answers `undefined` for what is not there.
 * Returned objects are shared and frozen: copy before changing.
 *
 * The API does by itself: garbage collection by owner references, emptying of namespaces, and the protection of claims and
 * volumes (finalizers `kubernetes.io/pvc-protection` and `…/pv-protection`, given up once nothing uses or binds them).
 */
export interface SandboxClient {
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** In order of namespace and name. Without a namespace: all of them. */
  list(resource: string, namespace?: string): KubeObject[];
  /** `metadata.generateName` is honoured; a given `status` is stored too (unlike over HTTP), so that demo data needs one call. */
  create(
    resource: string,
    object: NewObject,
    options?: { manager?: string; creationTimestamp?: string },
  ): KubeObject;
  /** Conflict on a stale resourceVersion; a write that changes nothing does not bump it. */
  update(resource: string, object: KubeObject, options?: { manager?: string }): KubeObject;
  updateStatus(resource: string, object: KubeObject, options?: { manager?: string }): KubeObject;
  apply(
    resource: string,
    object: NewObject,
    options: { manager: string; force?: boolean },
  ): KubeObject;

  delete(
    resource: string,
    namespace: string | undefined,
    name: string,
    options?: { gracePeriodSeconds?: number; uid?: string; propagationPolicy?: string },
  ): void;
  /** Starts with ADDED for what is there; then called synchronously after each commit. Returns how to stop. */
  watch(resource: string, listener: (event: ClientEvent) => void): () => void;
  /** Adds one line to what `pods/log` serves for that container. */
  appendLog(pod: PodReference, container: string, line: string): void;
  rotateLog(pod: PodReference, container: string): void;
}
