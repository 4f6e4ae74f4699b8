import { createServer } from "node:net";

/** Whether this port of the host can be listened on right now. */
export function isFree(port, host = "127.0.0.1") {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host }, () => server.close(() => resolve(true)));
  });
}

/** A port that was free a moment ago. */
export function freePort(host = "127.0.0.1") {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host }, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A busy default falls back to a free one and says so; a busy port that was asked for is an error. */
export async function choosePort(asked, fallback) {
  if (asked !== undefined && asked !== "") {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new Error(`PORT=${asked} is not a port.`);
    if (port !== 0 && !(await isFree(port))) throw new Error(`Port ${port} is in use.`);
    return port === 0 ? freePort() : port;
  }
  if (await isFree(fallback)) return fallback;
  const port = await freePort();
  console.log(`  Port ${fallback} is in use; taking ${port}.`);
  return port;
}
