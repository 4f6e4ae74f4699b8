import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createParser } from "eventsource-parser";

import { changeMessageSchema } from "../server/contract/stream";
import { KubeApi } from "../e2e/cluster/kube-api";
import { startSandbox } from "../e2e/cluster/start-sandbox";
import { startMooring } from "../e2e/start-mooring";
import { describeMs } from "./percentiles";

const SAMPLES = 60;
const SERVICE = "/apis/inference.llmkube.dev/v1alpha1/namespaces/default/inferenceservices/bench";

type Waiter = { readonly claim: string; readonly seen: () => void };

/** Reads the stream for ever and tells the waiter when its claim is in a row. */
async function follow(
  url: string,
  current: () => Waiter | undefined,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`${url}/api/v1/stream?topics=inferenceservices`, { signal });
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event !== "change") return;
      const waiter = current();
      const { upserts } = changeMessageSchema.parse(JSON.parse(data));
      if (waiter && JSON.stringify(upserts).includes(`"declaredClaim":"${waiter.claim}"`))
        waiter.seen();
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? [])
    parser.feed(decoder.decode(chunk, { stream: true }));
}

/** A change of a service's spec on the API server until its row is on the stream; the sandbox, one stream, idle. */
export async function measureEventToStream(): Promise<readonly string[]> {
  const sandbox = await startSandbox({ demo: true, speed: 1 });
  const dataDir = mkdtempSync(join(tmpdir(), "mooring-bench-"));
  const mooring = await startMooring({
    kubeconfig: sandbox.kubeconfig,
    cluster: "sandbox",
    operator: "none",
    dataDir,
    logName: "bench",
  });
  const api = new KubeApi(sandbox.kubeconfig);
  const abort = new AbortController();
  let waiter: Waiter | undefined;
  const reading = follow(mooring.url, () => waiter, abort.signal).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  try {
    await api.apply(SERVICE, {
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "InferenceService",
      metadata: { name: "bench", namespace: "default" },
      spec: { modelRef: "none" },
    });
    const samples: number[] = [];
    for (let n = 0; n < SAMPLES; n += 1) {
      const claim = `claim-${String(n)}`;
      const seen = new Promise<void>((resolve) => (waiter = { claim, seen: resolve }));
      const started = performance.now();
      await api.patch(SERVICE, { spec: { modelCache: { claimName: claim } } });
      await seen;
      samples.push(performance.now() - started);
    }
    return [describeMs(samples)];
  } finally {
    abort.abort();
    await reading;
    await api.close();
    await mooring.stop();
    await sandbox.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
