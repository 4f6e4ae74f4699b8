import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdminServer } from "./admin-server";
import { createCertificate } from "./certificate";
import type { SandboxClient } from "./client";
import { createApi, type Api } from "./create-api";
import { Faults } from "./faults";
import { createHttpServer } from "./http-server";
import { MASTERS, Tokens } from "./identity";
import { createClient } from "./in-process-client";
import type { StateFile } from "./state-file";
import { OpenWatches } from "./watch-handler";

export interface RunningApi {
  api: Api;
  client: SandboxClient;
  url: string;
  adminUrl: string;
  /** PEM of what the API port presents; it is its own authority. */
  certificate: string;
  /** Of a user who may do everything. */
  token: string;
  close: () => Promise<void>;
}

export interface StartOptions {
  /** 0 takes a free one. */
  port: number;
  log: (line: string) => void;
  /** Where objects come from and go to, if they are to outlive the process. */
  stateFile?: StateFile | undefined;
}

const HOST = "127.0.0.1";

type Server = HttpServer | HttpsServer;

/** Answers the address in the form `127.0.0.1:port`. */
function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const { port: taken } = server.address() as AddressInfo;
      resolve(`${HOST}:${taken}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Starts both ports on the loopback interface. */
export async function startSandboxApi(settings: StartOptions): Promise<RunningApi> {
  const { port, log, stateFile } = settings;
  const initial = stateFile?.state;
  const api = createApi({
    log,
    ...(initial && { initial }),
    onCommit: (resource, event) => stateFile?.record(resource, event),
  });
  const tokens = new Tokens();
  const faults = new Faults();
  const watches = new OpenWatches();
  const certificate = createCertificate(new Date());
  const options = { api, tokens, faults, watches, certificate, log };
  const server = createHttpServer(options);
  const admin = createAdminServer(options);
  const address = await listen(server, port);
  const adminAddress = await listen(admin, 0);
  return {
    api,
    client: createClient(api),
    url: `https://${address}`,
    adminUrl: `http://${adminAddress}`,
    certificate: certificate.cert,
    token: tokens.issue({ username: "sandbox-admin", groups: [MASTERS] }),
    close: async () => {
      watches.endAll();
      api.stop();
      await Promise.all([close(server), close(admin)]);
      stateFile?.close();
    },
  };
}
