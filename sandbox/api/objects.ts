/** JSON whose shape depends on the kind. The sandbox reads it at the edges of each controller, never by cast in the middle. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the wire is untyped; each kind's reader knows its own shape
export type Loose = any;

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Nested ownership as on the wire: `f:name`, `k:{…}`, `v:…` and `.` (the element itself). */
export interface FieldsV1 {
  [path: string]: FieldsV1;
}

export interface ManagedFieldsEntry {
  manager: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  time?: string;
  fieldsType: "FieldsV1";
  fieldsV1: FieldsV1;
  subresource?: string;
}

export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

/**
 * A stored Kubernetes object. Stored objects are shared between the store, the event history and every reader:
 * they are frozen on the outside and must be copied (`structuredClone`, spread) before a change.
 */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Loose;
  status?: Loose;
  [field: string]: Loose;
}

/** What a writer sends: the server fills in uid, versions, times and (with `generateName`) the name. */
export interface NewObject {
  apiVersion: string;
  kind: string;
  metadata: Partial<ObjectMeta>;
  spec?: Loose;
  status?: Loose;
  [field: string]: Loose;
}

/** A `v1.Status`, as the API answers errors and some deletions. */
export interface Status {
  kind: "Status";
  apiVersion: "v1";
  metadata: { resourceVersion?: string; continue?: string };
  status: "Success" | "Failure";
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}
