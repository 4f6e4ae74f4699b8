import {
  customResource,
  definitionProblems,
  establishedStatus,
  setDefinitionDefaults,
} from "./custom-resources";
import { jsonEqual } from "./json";
import type { KubeObject } from "./objects";
import type { Resource } from "./resources";
import { change, type ApiState } from "./writes";

export const CRD_ID = "customresourcedefinitions.apiextensions.k8s.io";

function sameSpec(before: KubeObject | undefined, after: KubeObject): boolean {
  return before !== undefined && jsonEqual(before.spec, after.spec);
}

/** Serves each stored definition as a kind, from its creation to its deletion. `onServed` learns of every new kind. */
export function serveDefinitions(
  api: ApiState,
  onServed: (resource: Resource) => void,
): () => void {
  const definitions = api.registry.byId(CRD_ID);
  if (!definitions) throw new Error("definitions are not served");
  definitions.rules = {
    ...definitions.rules,
    setDefaults: setDefinitionDefaults,
    validate: definitionProblems,
  };

  const serve = (crd: KubeObject) => {
    const resource = customResource(crd);
    if (!resource) return;
    const isNew = api.registry.byId(resource.id) === undefined;
    api.registry.add(resource);
    if (isNew) onServed(resource);
    establish(crd);
  };

  const establish = (crd: KubeObject) => {
    const status = crd.status as { acceptedNames?: unknown } | undefined;
    const names = (crd.spec as { names?: unknown } | undefined)?.names;
    if (jsonEqual(status?.acceptedNames, names)) return;
    change(
      api,
      { resource: definitions, namespace: undefined, name: crd.metadata.name },
      {
        before: crd,
        after: { ...crd, status: establishedStatus(crd, api.now()) },
        subresource: "status",
        manager: "kube-apiserver",
      },
    );
  };

  for (const crd of api.store.snapshot(CRD_ID).objects) serve(crd);
  return api.store.subscribe(CRD_ID, ({ type, object, previous }) => {
    if (type === "DELETED") withdraw(api, object);
    else if (!sameSpec(previous, object)) serve(object);
  });
}

/** A definition that goes takes its objects along. */
function withdraw(api: ApiState, crd: KubeObject): void {
  const resource = api.registry.byId(crd.metadata.name);
  if (!resource) return;
  for (const object of api.store.snapshot(resource.storage).objects) {
    api.store.remove(resource.storage, object);
  }
  api.registry.remove(resource.id);
}
