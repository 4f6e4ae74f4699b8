import type { FieldOwner } from "@/server/contract/service-view";
import { isGitopsManager } from "./gitops";
import type { Meta } from "./objects";

export const MOORING_MANAGER = "mooring";

type ManagedFields = NonNullable<Meta["managedFields"]>;
type Entry = ManagedFields[number];

/** Who owns `spec.modelCache.claimName`, latest writer first; empty when nobody does. */
export function claimFieldOwners(managedFields: ManagedFields | undefined): FieldOwner[] {
  return ownersOf(managedFields, ["f:claimName"]);
}

/** Who owns a field that a change writes: the claim's always, persistence only where it is asked for. Latest writer first. */
export function changedFieldOwners(
  managedFields: ManagedFields | undefined,
  change: { readonly persistence: string | null },
): FieldOwner[] {
  return ownersOf(
    managedFields,
    change.persistence === null ? ["f:claimName"] : ["f:claimName", "f:persistence"],
  );
}

function ownersOf(
  managedFields: ManagedFields | undefined,
  fields: readonly ("f:claimName" | "f:persistence")[],
): FieldOwner[] {
  return (managedFields ?? [])
    .filter((entry) => fields.some((field) => owns(entry, field)))
    .map(toOwner)
    .sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""));
}

/** The owner worth showing: the one that Mooring would have to take the field from, else Mooring itself, else null. */
export function mainOwner(owners: readonly FieldOwner[]): FieldOwner | null {
  const others = otherOwners(owners);
  return others.find((owner) => owner.gitops) ?? others[0] ?? owners[0] ?? null;
}

/** The owners that are not Mooring. */
export function otherOwners(owners: readonly FieldOwner[]): FieldOwner[] {
  return owners.filter((owner) => owner.manager !== MOORING_MANAGER);
}

/** The manager of the newest write to the object's spec or metadata; null when nothing says so. */
export function lastWriter(managedFields: ManagedFields | undefined): FieldOwner | null {
  const isOther = ({ manager }: FieldOwner) => manager !== MOORING_MANAGER;
  return writersOf(managedFields).find(isOther) ?? null;
}

/** As `lastWriter`, Mooring included. */
export function latestWriter(managedFields: ManagedFields | undefined): FieldOwner | null {
  return writersOf(managedFields)[0] ?? null;
}

function writersOf(managedFields: ManagedFields | undefined): FieldOwner[] {
  return (managedFields ?? [])
    .filter((entry) => entry.subresource === undefined || entry.subresource === "")
    .map(toOwner)
    .sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""));
}

function owns(entry: Entry, field: string): boolean {
  const path = ["f:spec", "f:modelCache", field];
  const leaf = path.reduce<unknown>(
    (fields, key) => (isRecord(fields) ? fields[key] : undefined),
    entry.fieldsV1,
  );
  return leaf !== undefined;
}

function toOwner(entry: Entry): FieldOwner {
  const manager = entry.manager ?? "";
  return {
    manager: manager === "" ? "unknown" : manager,
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    time: entry.time ?? null,
    gitops: isGitopsManager(manager),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
