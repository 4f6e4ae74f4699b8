import { describe, expect, it } from "vitest";

import { findingCodes } from "@/server/contract/finding";
import { checkCodes } from "@/server/contract/preflight";
import {
  aClaim,
  anInferenceService,
  aNode,
  aPod,
  aStorageClass,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import type { ServiceFacts } from "../facts";
import { furtherChecks } from "./further-checks";
import { type ClaimChange, withClaim } from "./with-claim";

const growing = (name: string) =>
  aClaimFacts({
    claim: aClaim({
      metadata: { name },
      spec: { resources: { requests: { storage: "200Gi" } } },
      status: { capacity: { storage: "100Gi" } },
    }),
    storageClass: aStorageClass({ allowVolumeExpansion: false }),
  });

function found(change: ClaimChange, facts: Partial<ServiceFacts> = {}) {
  const before = aServiceFacts(facts);
  return furtherChecks(before, withClaim(before, change)).map(({ code, verdict }) => [
    code,
    verdict,
  ]);
}

describe("furtherChecks", () => {
  it("tells what the change brings", () => {
    const claims = new Map([
      ["models-nvme-a", aClaimFacts()],
      ["other", growing("other")],
    ]);

    expect(found({ claimName: "other", persistence: null }, { claims })).toEqual([
      ["ClaimResize", "warn"],
    ]);
    expect(found({ claimName: null, persistence: "Ephemeral" })).toEqual([
      ["UnboundedEphemeralCache", "warn"],
    ]);
  });

  it("tells of a claim what it told of another before", () => {
    const claims = new Map([
      ["models-nvme-a", growing("models-nvme-a")],
      ["other", growing("other")],
    ]);

    expect(found({ claimName: "other", persistence: null }, { claims })).toHaveLength(1);
  });

  it("is silent about a pod that waits with the claim of now: there will be another", () => {
    const waiting = aPod({
      spec: { nodeName: undefined },
      status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False" }] },
    });
    const onGpu1 = aVolume({
      spec: {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchFields: [{ key: "metadata.name", operator: "In", values: ["gpu-1"] }] },
            ],
          },
        },
      },
    });
    const facts = {
      pods: [waiting],
      claims: new Map([
        ["models-nvme-a", aClaimFacts({ volume: onGpu1 })],
        ["other", aClaimFacts({ claim: aClaim({ metadata: { name: "other" } }), volume: null })],
      ]),
      surroundings: aSurroundings({ nodes: [aNode({ metadata: { name: "gpu-2" } })] }),
    };

    expect(found({ claimName: "other", persistence: null }, facts)).toEqual([]);
  });

  it("does not tell what holds already", () => {
    const claims = new Map([["models-nvme-a", growing("models-nvme-a")]]);

    expect(found({ claimName: "models-nvme-a", persistence: "Cached" }, { claims })).toEqual([]);
  });

  it("does not tell that a change is not carried out yet, nor what a fixed check says", () => {
    const missing = new Map([["gone", null]]);

    expect(
      found({ claimName: "gone", persistence: null }, { claims: missing, pods: [aPod()] }),
    ).toEqual([]);
    const service = anInferenceService({ spec: { replicas: 3 } });
    expect(found({ claimName: "models-nvme-a", persistence: null }, { service })).toEqual([]);
  });

  it("has codes of its own", () => {
    expect(findingCodes.filter((code) => (checkCodes as readonly string[]).includes(code))).toEqual(
      [],
    );
  });
});
