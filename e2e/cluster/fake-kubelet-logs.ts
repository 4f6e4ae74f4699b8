import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import type { KubeApi } from "./kube-api";

const CONTAINER_LOGS = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/?]+)/;

/** What LLMKube's download step says; every container of the stand-in says the same, unless it has failed. */
const LINES = ["Downloading model from source...", "Model downloaded successfully"];
/** A reader with `follow` gets the second line while it is connected. */
const BETWEEN_MS = 500;

type ContainerStatus = {
  readonly name: string;
  readonly state?: { readonly waiting?: unknown };
  readonly lastState?: { readonly terminated?: { readonly message?: string } };
};

function createLogServer(api: KubeApi, key: string, cert: string): Server {
  return createServer({ key, cert }, (request, response) => {
    answer(api, request.url ?? "", response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
}

async function answer(api: KubeApi, url: string, response: ServerResponse): Promise<void> {
  const match = CONTAINER_LOGS.exec(url);
  if (match === null) {
    response.writeHead(404).end();
    return;
  }
  const wanted = new URL(url, "https://kubelet").searchParams;
  const failed = await failedRun(api, match, wanted.get("previous") === "true");
  if (failed === "none") {
    const text = `previous terminated container "${match[3] ?? ""}" in pod "${match[2] ?? ""}" not found`;
    response.writeHead(400, { "content-type": "text/plain" }).end(text);
    return;
  }
  response.writeHead(200, { "content-type": "text/plain" });
  if (failed === null) print(response, wanted);
  else response.end(lastLines([LINES[0] ?? "", failed], wanted));
}

/** The last line of the run that failed, where it is what has to be read; "none" where it is wanted and there is none. */
async function failedRun(
  api: KubeApi,
  [, namespace, pod, container]: readonly (string | undefined)[],
  previous: boolean,
): Promise<string | null> {
  const status = await statusOf(api, `/api/v1/namespaces/${namespace}/pods/${pod}`, container);
  const failed = status?.lastState?.terminated;
  if (failed === undefined) return previous ? "none" : null;
  const isRead = previous || status?.state?.waiting !== undefined;
  return isRead ? (failed.message ?? "").trimEnd() : null;
}

function print(response: ServerResponse, wanted: URLSearchParams): void {
  if (wanted.get("follow") !== "true") {
    response.end(lastLines(LINES, wanted));
    return;
  }
  response.write(`${LINES[0] ?? ""}\n`);
  setTimeout(() => response.end(`${LINES[1] ?? ""}\n`), BETWEEN_MS);
}

function lastLines(lines: readonly string[], wanted: URLSearchParams): string {
  const count = Number(wanted.get("tailLines") ?? lines.length);
  return lines
    .slice(-count)
    .map((line) => `${line}\n`)
    .join("");
}

async function statusOf(
  api: KubeApi,
  path: string,
  container: string | undefined,
): Promise<ContainerStatus | undefined> {
  const { initContainerStatuses = [], containerStatuses = [] } = ((await api.get(path))?.[
    "status"
  ] ?? {}) as {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
  return [...initContainerStatuses, ...containerStatuses].find(({ name }) => name === container);
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
    api,
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
