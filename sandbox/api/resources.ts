import type { JsonRecord } from "./json";
import type { KubeObject } from "./objects";
import type { JsonSchema } from "./schema";
import type { FieldProblem, ResourceName } from "./status-error";

export interface Column {
  name: string;
  type: "string" | "integer" | "number" | "boolean" | "date";
  format?: string;
  description?: string;
  /** 0 = always, 1 = with `-o wide`. */
  priority: number;
  cell: (object: KubeObject, now: string) => unknown;
}

export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

/** What is special about a kind. All hooks work on a copy they own. */
export interface KindRules {
  /** Fills in what the API server or its admission plugins fill in. */
  setDefaults?: (object: KubeObject, before: KubeObject | undefined) => void;
  validate?: (object: KubeObject, before: KubeObject | undefined) => FieldProblem[];
  /** The status a new object gets whatever the client sent; undefined keeps the client's. */
  initialStatus?: JsonRecord;
}

/** One kind as it is served in one version. */
export interface Resource extends ResourceName {
  /** `pods`, `deployments.apps` */
  id: string;
  /** Under which id its objects are stored: `events.events.k8s.io` shares those of `events`. */
  storage: string;
  version: string;
  apiVersion: string;
  singular: string;
  listKind: string;
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  hasStatus: boolean;
  hasGeneration: boolean;
  isCustom: boolean;
  schema: JsonSchema;
  columns: readonly Column[];
  rules: KindRules;
  scale?: ScalePaths;
  /** Between the stored form and the served one, where they differ. */
  toServed?: (object: KubeObject) => KubeObject;
  toStored?: (object: KubeObject) => KubeObject;
}

export function resourceId(plural: string, group: string): string {
  return group === "" ? plural : `${plural}.${group}`;
}

export function apiVersionOf(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Everything that is served at this moment. Custom resources come and go. */
export class Registry {
  readonly #byId = new Map<string, Resource>();
  #revision = 0;

  /** Counts changes, so that documents made from the whole can be kept. */
  get revision(): number {
    return this.#revision;
  }

  add(resource: Resource): void {
    this.#byId.set(resource.id, resource);
    this.#revision += 1;
  }

  remove(id: string): void {
    if (this.#byId.delete(id)) this.#revision += 1;
  }

  byId(id: string): Resource | undefined {
    return this.#byId.get(id);
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    const resource = this.#byId.get(resourceId(plural, group));
    return resource?.version === version ? resource : undefined;
  }

  byKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all().find(
      (resource) => resource.apiVersion === apiVersion && resource.kind === kind,
    );
  }

  all(): Resource[] {
    return [...this.#byId.values()];
  }
}
