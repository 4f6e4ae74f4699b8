import { describe, expect, it } from "vitest";

import { aClaim, anInferenceService, aNode, aPod, aVolume } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { serviceFindings } from "./find";

const MESSAGE = "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity";
const waiting = aPod({
  spec: { nodeName: undefined },
  status: {
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "False", message: MESSAGE }],
  },
});
const volumeOn = (node: string) =>
  aVolume({
    spec: {
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }],
            },
          ],
        },
      },
    },
  });
const node = (name: string) =>
  aNode({ metadata: { name, labels: { "kubernetes.io/hostname": name } } });

/** A pod waits; its claim's volume is on gpu-1, and the service selects the given node. */
const codesWhenSelecting = (selected: string) =>
  serviceFindings(
    aServiceFacts({
      service: anInferenceService({
        spec: { nodeSelector: { "kubernetes.io/hostname": selected } },
      }),
      pods: [waiting],
      claims: new Map([
        ["models-nvme-a", aClaimFacts({ claim: aClaim(), volume: volumeOn("gpu-1") })],
      ]),
      surroundings: aSurroundings({ nodes: [node("gpu-1"), node("gpu-2")] }),
    }),
  ).map(({ code }) => code);

describe("serviceFindings", () => {
  it("leaves out the scheduler's words where the cause is found", () => {
    expect(codesWhenSelecting("gpu-2")).toContain("ClaimNodeMismatch");
    expect(codesWhenSelecting("gpu-2")).not.toContain("PodUnschedulable");
  });

  it("quotes the scheduler where nothing else explains why the pod waits", () => {
    expect(codesWhenSelecting("gpu-1")).toContain("PodUnschedulable");
  });
});
