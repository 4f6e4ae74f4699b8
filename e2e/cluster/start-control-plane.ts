import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ensureBinaries, type Binaries } from "./binaries";
import { createCredentials, type Credentials } from "./credentials";
import { startFakeKubelet } from "./fake-kubelet";
import { startFakeKubeletLogs } from "./fake-kubelet-logs";
import { KubeApi } from "./kube-api";
import { freePort, startDaemon, waitUntil, type Daemon } from "./processes";
import { furnish } from "./furnish";

export type TestServer = {
  readonly kubeconfig: string;
  /** Fault endpoint of the sandbox; null on a real control plane. */
  readonly admin: string | null;
  /** Client URL of the control plane's etcd; absent where it is not ours. */
  readonly etcd?: string;
  readonly realControlPlane: boolean;
  stop(): Promise<void>;
};

export type ControlPlaneOptions = {
  /** Makes what is to be there at first; by default what the suites need. */
  readonly furnishWith?: (api: KubeApi) => Promise<void>;
  /** false: scheduled pods stay as they are; deleted ones are removed all the same. */
  readonly runsPods?: boolean;
  /** false: without controller-manager and scheduler. */
  readonly controllers?: boolean;
  /** false: nothing stands in for the kubelets; pods are neither run nor removed. */
  readonly kubelet?: boolean;
};

type Place = {
  readonly dir: string;
  readonly binaries: Binaries;
  readonly credentials: Credentials;
};

async function startEtcd({ dir, binaries }: Place): Promise<{ daemon: Daemon; url: string }> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${String(client)}`;
  const peerUrl = `http://127.0.0.1:${String(peer)}`;
  const daemon = startDaemon({
    name: "etcd",
    command: binaries.etcd,
    logFile: join(dir, "etcd.log"),
    args: [
      `--data-dir=${join(dir, "etcd")}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      "--unsafe-no-fsync=true",
      "--log-level=warn",
    ],
  });
  return { daemon, url };
}

async function startApiServer(
  place: Place,
  etcd: string,
): Promise<{ daemon: Daemon; server: string; ca: string }> {
  const { dir, binaries, credentials } = place;
  const port = await freePort();
  const server = `https://127.0.0.1:${String(port)}`;
  const daemon = startDaemon({
    name: "kube-apiserver",
    command: binaries["kube-apiserver"],
    logFile: join(dir, "kube-apiserver.log"),
    args: [
      `--etcd-servers=${etcd}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${String(port)}`,
      `--cert-dir=${join(dir, "certs")}`,
      `--token-auth-file=${credentials.tokenFile}`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.96.0.0/16",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${credentials.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
      "--endpoint-reconciler-type=none",
    ],
  });
  const assertRunning = () => {
    if (daemon.child.exitCode === null) return;
    throw new Error(readFileSync(join(dir, "kube-apiserver.log"), "utf8").slice(-2000));
  };
  const certificate = join(dir, "certs", "apiserver.crt");
  await waitUntil("the API server's certificate", async () => {
    assertRunning();
    return readFileSync(certificate).length > 0;
  });
  const ca = readFileSync(certificate, "utf8");
  const api = new KubeApi(credentials.kubeconfig("admin", server, ca));
  await waitUntil("kube-apiserver to be ready", async () => {
    assertRunning();
    return (await api.call("GET", "/readyz")).status === 200;
  });
  await api.close();
  return { daemon, server, ca };
}

function startControllers(place: Place, server: string, ca: string): Daemon[] {
  const { dir, binaries, credentials } = place;
  const common = (identity: "controller-manager" | "scheduler") => {
    const kubeconfig = credentials.kubeconfig(identity, server, ca);
    return [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--leader-elect=false",
      "--secure-port=0",
    ];
  };
  return [
    startDaemon({
      name: "kube-controller-manager",
      command: binaries["kube-controller-manager"],
      logFile: join(dir, "kube-controller-manager.log"),
      args: [
        ...common("controller-manager"),
        "--use-service-account-credentials=true",
        `--service-account-private-key-file=${credentials.serviceAccountKeyFile}`,
        // no kubelet renews the leases of the test nodes
        "--node-monitor-grace-period=24h",
        "--pvclaimbinder-sync-period=1s",
        "--concurrent-deployment-syncs=5",
      ],
    }),
    startDaemon({
      name: "kube-scheduler",
      command: binaries["kube-scheduler"],
      logFile: join(dir, "kube-scheduler.log"),
      args: common("scheduler"),
    }),
  ];
}

/**
 * A real etcd, kube-apiserver, kube-controller-manager and kube-scheduler on free loopback ports, RBAC on, with
 * LLMKube's two kinds, three nodes, and pods moved through their phases by a stand-in for the kubelet.
 */
export async function startControlPlane(
  log: (line: string) => void,
  options: ControlPlaneOptions = {},
): Promise<TestServer> {
  const { furnishWith = furnish, runsPods = true, controllers = true, kubelet = true } = options;
  const dir = mkdtempSync(join(tmpdir(), "mooring-control-plane-"));
  const place: Place = {
    dir,
    binaries: await ensureBinaries(log),
    credentials: createCredentials(dir),
  };
  const started: { stop(): Promise<void> | void }[] = [];
  const stop = async () => {
    for (const part of started.reverse()) await part.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const etcd = await startEtcd(place);
    started.push(etcd.daemon);
    const apiServer = await startApiServer(place, etcd.url);
    started.push(apiServer.daemon);
    if (controllers) started.push(...startControllers(place, apiServer.server, apiServer.ca));
    const kubeconfig = place.credentials.kubeconfig("admin", apiServer.server, apiServer.ca);
    const api = new KubeApi(kubeconfig);
    await furnishWith(api);
    started.push({ stop: () => api.close() });
    if (kubelet) {
      const certificate = {
        keyFile: join(dir, "certs", "apiserver.key"),
        certFile: join(dir, "certs", "apiserver.crt"),
      };
      started.push(startFakeKubelet(new KubeApi(kubeconfig), { runsPods }));
      started.push(await startFakeKubeletLogs(api, certificate));
    }
    return { kubeconfig, admin: null, etcd: etcd.url, realControlPlane: true, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
