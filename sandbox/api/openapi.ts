import { builtinModelName } from "./builtin-schema";
import { isRecord, type JsonRecord } from "./json";
import type { Registry, Resource } from "./resources";
import type { JsonSchema } from "./schema";

const REF = "#/components/schemas/";

function gvk({ group, version, kind }: Resource): object {
  return { group, version, kind };
}

/** Turns shared schema objects into references, collecting each under its model's name. */
class Components {
  readonly schemas: Record<string, JsonRecord> = {};

  render(schema: JsonSchema): JsonRecord {
    const name = builtinModelName(schema);
    if (name === undefined) return this.#inline(schema);
    if (!this.schemas[name]) {
      this.schemas[name] = {};
      this.schemas[name] = this.#inline(schema);
    }
    return { allOf: [{ $ref: `${REF}${name}` }] };
  }

  #inline(schema: JsonSchema): JsonRecord {
    const { properties, items, additionalProperties, ...rest } = schema;
    const result: JsonRecord = { ...rest };
    if (properties) {
      result["properties"] = Object.fromEntries(
        Object.entries(properties).map(([field, child]) => [field, this.render(child)]),
      );
    }
    if (items) result["items"] = this.render(items);
    if (isRecord(additionalProperties)) {
      result["additionalProperties"] = this.render(additionalProperties);
    } else if (additionalProperties !== undefined) {
      result["additionalProperties"] = additionalProperties;
    }
    return result;
  }
}

const QUERY_PARAMETERS = ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string" },
}));

function operation(resource: Resource, action: string): object {
  return {
    operationId: `${action}${resource.kind}`,
    parameters: action === "get" || action === "list" ? [] : QUERY_PARAMETERS,
    responses: { "200": { description: "OK" } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk(resource),
  };
}

function pathsOf(resource: Resource): JsonRecord {
  const root = resource.group === "" ? "/api" : `/apis/${resource.group}`;
  const scope = resource.namespaced ? "/namespaces/{namespace}" : "";
  const list = `${root}/${resource.version}${scope}/${resource.plural}`;
  return {
    [list]: { get: operation(resource, "list"), post: operation(resource, "post") },
    [`${list}/{name}`]: {
      get: operation(resource, "get"),
      put: operation(resource, "put"),
      patch: operation(resource, "patch"),
      delete: operation(resource, "delete"),
    },
  };
}

const documents = new Map<string, string>();

function documentOf(registry: Registry, groupVersion: string): string | undefined {
  const resources = registry.all().filter(({ apiVersion }) => apiVersion === groupVersion);
  if (resources.length === 0) return undefined;
  const components = new Components();
  const paths: JsonRecord = {};
  for (const resource of resources) {
    const name = builtinModelName(resource.schema) ?? `${resource.group}.${resource.kind}`;
    const rendered = components.render(resource.schema);
    if (!components.schemas[name]) components.schemas[name] = rendered;
    Object.assign(components.schemas[name], { "x-kubernetes-group-version-kind": [gvk(resource)] });
    Object.assign(paths, pathsOf(resource));
  }
  return JSON.stringify({
    openapi: "3.0.0",
    info: { title: "Kubernetes sandbox", version: "v1.36.3" },
    paths,
    components: { schemas: components.schemas },
  });
}

function indexOf(registry: Registry): string {
  const versions = new Set(registry.all().map(({ apiVersion }) => apiVersion));
  const paths = [...versions].map((version) => {
    const path = version.includes("/") ? `apis/${version}` : `api/${version}`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${registry.revision}` }];
  });
  return JSON.stringify({ paths: Object.fromEntries(paths) as JsonRecord });
}

/** `/openapi/v3` and the document of each group version; undefined for any other path. */
export function openApiText(registry: Registry, path: string): string | undefined {
  if (path === "/openapi/v3") return indexOf(registry);
  const match = /^\/openapi\/v3\/(?:api|apis)\/(.+)$/.exec(path);
  if (!match) return undefined;
  const groupVersion = match[1] ?? "";
  const key = `${registry.revision} ${groupVersion}`;
  const known = documents.get(key);
  if (known !== undefined) return known;
  const text = documentOf(registry, groupVersion);
  if (text !== undefined) documents.set(key, text);
  return text;
}
