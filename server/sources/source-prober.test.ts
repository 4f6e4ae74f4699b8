import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";

import { createSourceProber, type ProberOptions } from "./source-prober";

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

type Seen = { readonly base: string; readonly requests: string[] };

/** A server on loopback; every request it got, as "METHOD path". */
async function serve(answer: RequestListener): Promise<Seen> {
  const requests: string[] = [];
  const started = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    answer(request, response);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const { port } = started.address() as AddressInfo;
  return { base: `http://127.0.0.1:${port}`, requests };
}

function prober(options: Partial<ProberOptions> = {}) {
  const reasons: string[] = [];
  const made = createSourceProber({
    allowedRemoteHosts: ["127.0.0.1"],
    onUnknown: (_url, why) => reasons.push(why),
    ...options,
  });
  return { probe: (url: string) => made.probe(url), reasons };
}

describe("createSourceProber", () => {
  it("tells tag and length by HEAD", async () => {
    const { base, requests } = await serve((_request, response) => {
      response.writeHead(200, { etag: '"a"', "content-length": "4402341478" }).end();
    });
    expect(await prober().probe(`${base}/x.gguf`)).toEqual({
      etag: '"a"',
      contentLengthBytes: 4_402_341_478,
    });
    expect(requests).toEqual(["HEAD /x.gguf"]);
  });

  it("follows redirections", async () => {
    const { base } = await serve((request, response) => {
      if (request.url === "/x") response.writeHead(302, { location: "/y" }).end();
      else response.writeHead(200, { etag: "b" }).end();
    });
    expect(await prober().probe(`${base}/x`)).toMatchObject({ etag: "b" });
  });

  it("never reaches a private address by itself", async () => {
    const { base, requests } = await serve((_request, response) => response.end());
    const { probe, reasons } = prober({ allowedRemoteHosts: [] });
    expect(await probe(base)).toBeNull();
    expect(await probe(base.replace("127.0.0.1", "localhost"))).toBeNull();
    expect(reasons.join("\n")).toMatch(/127\.0\.0\.1.*\n.*localhost/);
    expect(requests).toEqual([]);
  });

  it("never reaches one by a redirection", async () => {
    const { base, requests } = await serve((request, response) => {
      const port = request.socket.localPort ?? 0;
      response.writeHead(302, { location: `http://127.0.0.2:${port}/secret` }).end();
    });
    expect(await prober().probe(`${base}/x`)).toBeNull();
    expect(requests).toEqual(["HEAD /x"]);
  });

  it("never reaches one by a name, also when it is one among public ones", async () => {
    const { probe, reasons } = prober({
      resolve: (_host, done) =>
        done(null, [
          { address: "93.184.216.34", family: 4 },
          { address: "10.0.0.1", family: 4 },
        ]),
    });
    expect(await probe("http://models.example.com/x")).toBeNull();
    expect(reasons[0]).toContain("10.0.0.1");
  });

  it("reaches a name that is let through", async () => {
    const { base } = await serve((_request, response) => {
      response.writeHead(200, { etag: "c" }).end();
    });
    const { probe } = prober({
      allowedRemoteHosts: ["mirror.local"],
      resolve: (_host, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    expect(await probe(base.replace("127.0.0.1", "mirror.local"))).toMatchObject({ etag: "c" });
  });

  it.each<[string, RequestListener, RegExp]>([
    ["another answer", (_q, r) => r.writeHead(404).end(), /404/],
    ["nothing to tell by", (_q, r) => r.writeHead(200).end(), /neither/],
    ["a circle", (_q, r) => r.writeHead(302, { location: "/x" }).end(), /5 times/],
    ["another scheme", (_q, r) => r.writeHead(302, { location: "file:///x" }).end(), /file:/],
    ["a closed connection", (_q, r) => r.destroy(), /.+/],
  ])("knows nothing after %s, and says why", async (_title, answer, why) => {
    const { base } = await serve(answer);
    const { probe, reasons } = prober();
    expect(await probe(`${base}/x`)).toBeNull();
    expect(reasons).toEqual([expect.stringMatching(why)]);
  });
});
