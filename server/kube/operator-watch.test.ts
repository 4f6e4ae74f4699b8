import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { createFakeKubeHttp } from "@/server/testing/fake-kube-http";
import { createFakeTimers, type FakeTimers } from "@/server/testing/fake-timers";
import { type OperatorWatch, watchOperators } from "./operator-watch";

const EVERYWHERE = "/apis/apps/v1/deployments";
const inNamespace = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`;

const deployment = (
  namespace: string,
  args: string[] = [],
  version = "1",
  name = "llmkube-controller-manager",
) => ({
  metadata: { name, namespace, uid: `${namespace}/${name}`, resourceVersion: version },
  spec: { template: { spec: { containers: [{ name: "manager", image: "i", args }] } } },
});

let timers: FakeTimers;
let items: object[];
let refuses: (path: string) => boolean;
let events: Map<string, ReadableStreamDefaultController<Uint8Array>>;
let watch: OperatorWatch;
let told: number;

beforeEach(() => {
  timers = createFakeTimers();
  items = [];
  refuses = () => false;
  events = new Map();
  told = 0;
});
afterEach(async () => {
  for (const stream of events.values()) stream.close();
  await watch.stop();
});

function begin(namespaces: readonly string[] | null = null) {
  const fake = createFakeKubeHttp(({ path }) => {
    if (refuses(path)) throw new AppError("Forbidden", `${path} is forbidden`);
    const [, namespace] = /\/namespaces\/([^/]+)\//.exec(path) ?? [];
    const shown = items.filter(
      (item) =>
        namespace === undefined ||
        (item as { metadata: { namespace: string } }).metadata.namespace === namespace,
    );
    return { items: shown, metadata: { resourceVersion: "1" } };
  });
  const http = {
    ...fake,
    stream: async ({ path }: { readonly path: string }) =>
      new ReadableStream<Uint8Array>({ start: (stream) => void events.set(path, stream) }),
  };
  watch = watchOperators({
    http,
    namespaces,
    timers,
    onChange: () => (told += 1),
    onError: () => undefined,
  });
  return timers.settle();
}

async function send(path: string, type: string, object: object): Promise<void> {
  events.get(path)?.enqueue(new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`));
  await timers.settle();
  await timers.settle();
}

const names = () => watch.search()?.operators.map(({ namespace, name }) => `${namespace}/${name}`);

describe("watchOperators", () => {
  it("does not know before the first answer, then finds what is there and nothing else", async () => {
    items = [deployment("b"), deployment("a"), deployment("a", [], "1", "web")];
    const began = begin();
    expect(watch.search()).toBeNull();
    await began;
    expect(watch.search()?.complete).toBe(true);
    expect(names()).toEqual(["a/llmkube-controller-manager", "b/llmkube-controller-manager"]);
  });

  it("sees one appear, change its arguments, become something else, and go", async () => {
    await begin();
    expect(names()).toEqual([]);
    const before = told;

    await send(EVERYWHERE, "ADDED", deployment("a", ["--model-cache-mode=shared"], "2"));
    expect(names()).toEqual(["a/llmkube-controller-manager"]);
    expect(told).toBeGreaterThan(before);

    await send(EVERYWHERE, "MODIFIED", deployment("a", ["--model-cache-mode=perService"], "3"));
    expect(watch.search()?.operators[0]?.args).toEqual(["--model-cache-mode=perService"]);

    await send(EVERYWHERE, "MODIFIED", {
      ...deployment("a", [], "4"),
      spec: { template: { spec: { containers: [] } } },
    });
    expect(names()).toEqual([]);

    await send(EVERYWHERE, "MODIFIED", deployment("a", [], "5"));
    await send(EVERYWHERE, "DELETED", deployment("a", [], "6"));
    expect(names()).toEqual([]);
  });

  it("looks where it may when it may not look everywhere, and says that this is not all", async () => {
    refuses = (path) => path === EVERYWHERE || path === inNamespace("closed");
    items = [deployment("ml"), deployment("elsewhere")];
    await begin(["ml", "closed"]);
    await timers.settle();
    expect(watch.search()?.complete).toBe(false);
    expect(names()).toEqual(["ml/llmkube-controller-manager"]);
    expect(events.has(inNamespace("llmkube-system"))).toBe(true);

    await send(inNamespace("llmkube-system"), "ADDED", deployment("llmkube-system", [], "2"));
    expect(names()).toHaveLength(2);
  });

  it("sees everything once it may", async () => {
    refuses = () => true;
    items = [deployment("elsewhere")];
    await begin();
    await timers.settle();
    expect(watch.search()).toEqual({ operators: [], complete: false });

    refuses = () => false;
    await timers.advance(60_000);
    expect(watch.search()?.complete).toBe(true);
    expect(names()).toEqual(["elsewhere/llmkube-controller-manager"]);
  });

  it("does not call an outage an absence", async () => {
    refuses = () => {
      throw new AppError("ServiceUnavailable", "down");
    };
    await begin();
    await timers.advance(10_000);
    expect(watch.search()).toBeNull();
  });
});
