import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { SandboxClient } from "./client";
import { CRD_ID } from "./definitions";
import type { NewObject } from "./objects";

const FOLDER = new URL("../crds/", import.meta.url);

/** Installs the definitions of `sandbox/crds`, in the order of their file names; one that is there is brought up to date. */
export function loadDefinitions(client: SandboxClient): void {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));
  for (const file of files.sort()) {
    const definition = parse(readFileSync(new URL(file, FOLDER), "utf8")) as NewObject;
    const before = client.get(CRD_ID, undefined, definition.metadata.name ?? "");
    const options = { manager: "kube-apiserver" };
    if (before) client.update(CRD_ID, { ...before, spec: definition["spec"] as unknown }, options);
    else client.create(CRD_ID, definition, options);
  }
}
