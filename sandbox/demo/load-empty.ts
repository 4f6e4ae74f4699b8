import type { SandboxClient } from "../api/client";
import { buildNode, buildStorageClass } from "./infrastructure";

/** A bare cluster: three equal nodes and one default class whose volumes any node can use. */
export function loadEmpty(client: SandboxClient): void {
  for (const name of ["node-1", "node-2", "node-3"]) {
    client.create("nodes", buildNode({ name, cpu: "8", memory: "32Gi" }));
  }
  client.create(
    "storageclasses.storage.k8s.io",
    buildStorageClass({
      name: "standard",
      provisioner: "k8s.io/minikube-hostpath",
      isDefault: true,
    }),
  );
}
