import type { SandboxClient } from "../api/client";
import { createClusterObjects } from "./cluster-objects";
import { createDemoClient } from "./demo-client";
import { createProd } from "./prod";
import { createResearch } from "./research";
import { createScale, parseScale } from "./scale";

/**
 * Fills a fresh store: the demo of `README.md`, or with `scale` (`services=2000,claims=10000,pods=4000`) a cluster of that size.
 * Its kinds' CRDs must be there already.
 */
export function loadDemo(client: SandboxClient, options: { scale?: string } = {}): void {
  const demo = createDemoClient(client);
  createClusterObjects(demo);
  if (options.scale !== undefined && options.scale !== "") {
    createScale(demo, parseScale(options.scale));
    return;
  }
  createProd(demo);
  createResearch(demo);
}
