import { omit } from "./json";
import type { KubeObject } from "./objects";
import type { Resource } from "./resources";

const bodies = new WeakMap<object, string>();

/** The text without apiVersion and kind, made once however many lists and watches send it. */
function bodyText(object: KubeObject): string {
  let text = bodies.get(object);
  if (text === undefined) {
    text = JSON.stringify(omit(object, "apiVersion", "kind"));
    if (Object.isFrozen(object)) bodies.set(object, text);
  }
  return text;
}

export function objectText(object: KubeObject): string {
  const { apiVersion, kind } = object;
  return `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(kind)},${bodyText(object).slice(1)}`;
}

/** As an item of a list, where built-in kinds leave out what the list says already. */
export function itemText(resource: Resource, object: KubeObject): string {
  return resource.isCustom ? objectText(object) : bodyText(object);
}
