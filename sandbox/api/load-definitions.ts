import { readdirSync, readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { SandboxClient } from "./client";
import { CRD_ID } from "./definitions";
import type { NewObject } from "./objects";
import { resourceId } from "./resources";

/** What is also installed on a real cluster. */
const FOLDER = new URL("../../crds/", import.meta.url);
const IDS: Readonly<Record<string, string>> = {
  CustomResourceDefinition: CRD_ID,
  PriorityClass: resourceId("priorityclasses", "scheduling.k8s.io"),
};

/** Installs the definitions and priority classes of `crds/`, in the order of their file names; what is there is brought up to date. */
export function loadDefinitions(client: SandboxClient): void {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));
  for (const file of files.sort()) {
    for (const document of parseAllDocuments(readFileSync(new URL(file, FOLDER), "utf8")))
      install(client, document.toJS() as NewObject);
  }
}

function install(client: SandboxClient, object: NewObject): void {
  const id = IDS[object.kind];
  if (id === undefined) throw new Error(`crds/: nothing is known of kind ${object.kind}`);
  const before = client.get(id, undefined, object.metadata.name ?? "");
  const options = { manager: "kube-apiserver" };
  if (before) client.update(id, { ...before, ...object, metadata: before.metadata }, options);
  else client.create(id, object, options);
}
