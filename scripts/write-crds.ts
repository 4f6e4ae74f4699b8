import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { parse, stringify } from "yaml";

import { embedCoreSchemas, type Schema } from "@/e2e/cluster/core-schemas";
import { definitionFiles } from "@/e2e/cluster/furnish";
import { KubeApi } from "@/e2e/cluster/kube-api";
import { startControlPlane } from "@/e2e/cluster/start-control-plane";
import { log } from "@/e2e/cluster/start-test-server";

/** Renews the Kubernetes types in `crds/` from the API server of the test control plane. */
const server = await startControlPlane(log, {
  controllers: false,
  furnishWith: async () => undefined,
});
try {
  const api = new KubeApi(server.kubeconfig);
  const document = await api.get("/openapi/v3/api/v1");
  // The API server's own document.
  const { schemas } = document?.["components"] as { schemas: Record<string, Schema> };
  for (const file of definitionFiles()) {
    const definition = embedCoreSchemas(parse(readFileSync(file, "utf8")) as object, schemas);
    const options = { ...(await resolveConfig(file)), parser: "yaml" };
    const text = stringify(definition, { aliasDuplicateObjects: false, lineWidth: 100 });
    writeFileSync(file, await format(text, options));
    log(`wrote ${file}`);
  }
  await api.close();
} finally {
  await server.stop();
}
