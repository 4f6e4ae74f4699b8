import type { Registry, Resource } from "./resources";
import { REVIEW_KINDS } from "./review-handlers";

const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3-sandbox",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "sandbox",
};

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const ACCESS_VERBS = ["get", "patch", "update"];

interface Entry {
  name: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  group: string;
  version: string;
  shortNames: readonly string[];
  categories: readonly string[];
  /** The kind a subresource answers with, where it is another. */
  responseKind?: { group: string; version: string; kind: string };
}

function subresources(resource: Resource): Entry[] {
  const base = { ...toEntry(resource), singular: "", shortNames: [], categories: [] };
  const entries: Entry[] = [];
  if (resource.hasStatus) {
    entries.push({ ...base, name: `${resource.plural}/status`, verbs: ACCESS_VERBS });
  }
  if (resource.scale) {
    const responseKind = { group: "autoscaling", version: "v1", kind: "Scale" };
    entries.push({ ...base, name: `${resource.plural}/scale`, verbs: ACCESS_VERBS, responseKind });
  }
  if (resource.id === "pods") entries.push({ ...base, name: "pods/log", verbs: ["get"] });
  if (resource.id === "serviceaccounts") {
    const responseKind = { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" };
    entries.push({ ...base, name: "serviceaccounts/token", verbs: ["create"], responseKind });
  }
  return entries;
}

function toEntry(resource: Resource): Entry {
  return {
    name: resource.plural,
    singular: resource.singular,
    kind: resource.kind,
    namespaced: resource.namespaced,
    verbs: VERBS,
    group: resource.group,
    version: resource.version,
    shortNames: resource.shortNames,
    categories: resource.categories,
  };
}

function entriesOf(registry: Registry): Entry[] {
  const reviews = REVIEW_KINDS.map((review): Entry => ({
    ...review,
    name: review.plural,
    singular: review.kind.toLowerCase(),
    verbs: ["create"],
    version: "v1",
    shortNames: [],
    categories: [],
  }));
  return [
    ...registry.all().flatMap((resource) => [toEntry(resource), ...subresources(resource)]),
    ...reviews,
  ];
}

function groupVersions(registry: Registry): Map<string, string> {
  return new Map(
    entriesOf(registry)
      .filter(({ group }) => group !== "")
      .map(({ group, version }) => [group, version]),
  );
}

function groupDocument(name: string, version: string): object {
  const preferred = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [preferred], preferredVersion: preferred };
}

function listDocument(registry: Registry, group: string, version: string): object | undefined {
  const entries = entriesOf(registry).filter(
    (entry) => entry.group === group && entry.version === version,
  );
  if (entries.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: entries.map((entry) => ({
      name: entry.name,
      singularName: entry.singular,
      namespaced: entry.namespaced,
      kind: entry.responseKind?.kind ?? entry.kind,
      ...(entry.responseKind
        ? { group: entry.responseKind.group, version: entry.responseKind.version }
        : {}),
      verbs: entry.verbs,
      ...(entry.shortNames.length > 0 ? { shortNames: entry.shortNames } : {}),
      ...(entry.categories.length > 0 ? { categories: entry.categories } : {}),
    })),
  };
}

function aggregatedResource(entry: Entry, all: readonly Entry[]): object {
  const { group, version, kind } = entry;
  const below = all.filter(
    (other) => other.group === group && other.name.startsWith(`${entry.name}/`),
  );
  return {
    resource: entry.name,
    responseKind: { group, version, kind },
    scope: entry.namespaced ? "Namespaced" : "Cluster",
    singularResource: entry.singular,
    verbs: entry.verbs,
    ...(entry.shortNames.length > 0 ? { shortNames: entry.shortNames } : {}),
    ...(entry.categories.length > 0 ? { categories: entry.categories } : {}),
    ...(below.length > 0
      ? {
          subresources: below.map((sub) => ({
            subresource: sub.name.slice(entry.name.length + 1),
            responseKind: sub.responseKind ?? { group, version, kind },
            verbs: sub.verbs,
          })),
        }
      : {}),
  };
}

function aggregated(registry: Registry, isCore: boolean): object {
  const all = entriesOf(registry);
  const groups = isCore ? new Map([["", "v1"]]) : groupVersions(registry);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: [...groups].map(([group, version]) => ({
      metadata:
        group === "" ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: [
        {
          version,
          freshness: "Current",
          resources: all
            .filter((entry) => entry.group === group && !entry.name.includes("/"))
            .map((entry) => aggregatedResource(entry, all)),
        },
      ],
    })),
  };
}

const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function wantsAggregated(accept: string): boolean {
  return accept.includes("g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
}

function rootDocument(registry: Registry, isCore: boolean): object {
  if (isCore) return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  const groups = [...groupVersions(registry)].map(([group, version]) =>
    groupDocument(group, version),
  );
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

function groupOf(registry: Registry, group: string): object | undefined {
  const version = groupVersions(registry).get(group);
  if (version === undefined) return undefined;
  return { kind: "APIGroup", apiVersion: "v1", ...groupDocument(group, version) };
}

export interface DiscoveryAnswer {
  body: object;
  type?: string;
}

/** What a discovery path answers; undefined for any other path. */
export function discover(
  registry: Registry,
  path: string,
  accept: string,
): DiscoveryAnswer | undefined {
  const [root, first, second, ...rest] = path.split("/").filter(Boolean);
  if (rest.length > 0) return undefined;
  if (root === "version" && first === undefined) return { body: VERSION };
  if (root !== "api" && root !== "apis") return undefined;
  if (first === undefined) {
    const isCore = root === "api";
    return wantsAggregated(accept)
      ? { body: aggregated(registry, isCore), type: AGGREGATED_TYPE }
      : { body: rootDocument(registry, isCore) };
  }
  const body = documentOf(registry, root, [first, second]);
  return body && { body };
}

function documentOf(
  registry: Registry,
  root: string,
  [first = "", second]: (string | undefined)[],
): object | undefined {
  if (root === "api") return second === undefined ? listDocument(registry, "", first) : undefined;
  return second === undefined ? groupOf(registry, first) : listDocument(registry, first, second);
}
