import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdminServer } from "./admin-server";
import type { SandboxClient } from "./client";
import { createApi, type Api } from "./create-api";
import { Faults } from "./faults";
import { createHttpServer } from "./http-server";
import { MASTERS, Tokens } from "./identity";
import { createClient } from "./in-process-client";
import { OpenWatches } from "./watch-handler";

export interface RunningApi {
  api: Api;
  client: SandboxClient;
  url: string;
  adminUrl: string;
  /** Of a user who may do everything. */
  token: string;
  close: () => Promise<void>;
}

export interface StartOptions {
  /** 0 takes a free one. */
  port: number;
  log: (line: string) => void;
}

const HOST = "127.0.0.1";

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const { port: taken } = server.address() as AddressInfo;
      resolve(`http://${HOST}:${taken}`);
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
export async function startSandboxApi({ port, log }: StartOptions): Promise<RunningApi> {
  const api = createApi({ log });
  const tokens = new Tokens();
  const faults = new Faults();
  const watches = new OpenWatches();
  const options = { api, tokens, faults, watches, log };
  const server = createHttpServer(options);
  const admin = createAdminServer(options);
  const url = await listen(server, port);
  const adminUrl = await listen(admin, 0);
  return {
    api,
    client: createClient(api),
    url,
    adminUrl,
    token: tokens.issue({ username: "sandbox-admin", groups: [MASTERS] }),
    close: async () => {
      watches.endAll();
      api.stop();
      await Promise.all([close(server), close(admin)]);
    },
  };
}
