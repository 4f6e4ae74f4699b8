import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import type { KubeApi } from "./kube-api";

const CONTAINER_LOGS = /^\/containerLogs\/[^/]+\/[^/]+\/[^/?]+/;

/** What LLMKube's download step says; every container of the stand-in says the same. */
const LINES = ["Downloading model from source...", "Model downloaded successfully"];
/** A reader with `follow` gets the second line while it is connected. */
const BETWEEN_MS = 500;

function createLogServer(key: string, cert: string): Server {
  return createServer({ key, cert }, (request, response) => {
    const url = request.url ?? "";
    if (!CONTAINER_LOGS.test(url)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/plain" });
    const follows = new URL(url, "https://kubelet").searchParams.get("follow") === "true";
    if (!follows) {
      response.end(LINES.map((line) => `${line}\n`).join(""));
      return;
    }
    response.write(`${LINES[0] ?? ""}\n`);
    setTimeout(() => response.end(`${LINES[1] ?? ""}\n`), BETWEEN_MS);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * The port of a kubelet that the API server reads container logs from, named in the status of every node that is there.
 * It presents the API server's own certificate: one that is told no authority for kubelets accepts any.
 */
export async function startFakeKubeletLogs(
  api: KubeApi,
  certificate: { readonly keyFile: string; readonly certFile: string },
): Promise<{ stop(): Promise<void> }> {
  const server = createLogServer(
    readFileSync(certificate.keyFile, "utf8"),
    readFileSync(certificate.certFile, "utf8"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on an IP address
  for (const node of await api.list("/api/v1/nodes")) {
    await api.patchStatus(`/api/v1/nodes/${node.metadata.name}`, {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    });
  }
  return { stop: () => close(server) };
}
