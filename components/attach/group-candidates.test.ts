import { expect, it } from "vitest";

import type { ClaimCandidate } from "@/server/contract/preflight";
import {
  candidateReason,
  claimByName,
  describeCandidate,
  groupCandidates,
} from "./group-candidates";

const candidate = (
  name: string,
  className: string | null,
  change: Partial<ClaimCandidate> = {},
): ClaimCandidate => ({
  claim: {
    namespace: "prod",
    name,
    uid: name,
    createdAt: "2026-11-20T12:00:00Z",
    phase: "Bound",
    terminating: false,
    requestedBytes: null,
    capacityBytes: null,
    accessModes: ["ReadWriteOnce"],
    volumeMode: "Filesystem",
    storageClass:
      className === null
        ? null
        : {
            name: className,
            provisioner: null,
            bindingMode: "WaitForFirstConsumer",
            reclaimPolicy: null,
            expandable: null,
          },
    volumeName: "pv",
    volumeKind: null,
    nodeNames: ["gpu-1"],
    ownership: "User",
    usage: null,
    usedBy: { services: [], pods: [], otherPods: [] },
    models: [],
    severity: "ok",
    findings: [],
  },
  verdict: "pass",
  checks: [],
  feasibleNodes: ["gpu-1"],
  alreadyHeld: null,
  ...change,
});

it("keeps the server's order, groups by class, and puts the unusable last", () => {
  const groups = groupCandidates(
    [
      candidate("a", "nvme"),
      candidate("b", "nfs"),
      candidate("c", "nvme", { verdict: "block" }),
      candidate("d", "nvme"),
      candidate("e", null),
    ],
    "",
  );
  expect(
    groups.map(({ label, candidates }) => [label, candidates.map(({ claim }) => claim.name)]),
  ).toEqual([
    ["nvme · bound on first use", ["a", "d"]],
    ["nfs · bound on first use", ["b"]],
    ["No storage class", ["e"]],
    ["Not usable", ["c"]],
  ]);
});

it("finds by claim and by class", () => {
  const all = [candidate("a", "nvme"), candidate("b", "nfs")];
  expect(groupCandidates(all, "NFS")[0]?.candidates[0]?.claim.name).toBe("b");
  expect(groupCandidates(all, "zzz")).toEqual([]);
});

it("gives the reason of the check that decided", () => {
  const checks: ClaimCandidate["checks"] = [
    { code: "ClaimExists", verdict: "pass", message: "exists", evidence: [] },
    { code: "NodeFits", verdict: "block", message: "wrong node", evidence: [] },
  ];
  expect(candidateReason(candidate("a", "nvme", { verdict: "block", checks }))).toBe("wrong node");
});

it("does not count the service itself among the other users", () => {
  const shared = candidate("a", "nvme", { alreadyHeld: true });
  const services = ["llama", "phi"].map((name) => ({
    namespace: "prod",
    name,
    how: "declared" as const,
  }));
  const used = {
    ...shared,
    claim: { ...shared.claim, usedBy: { services, pods: [], otherPods: [] } },
  };
  expect(describeCandidate(used, ["llama"])).toBe(
    "Holds this model already · on gpu-1 · also used by phi",
  );
});

it.each([
  ["offers what was typed when no claim has the name", "new-claim", "", "new-claim"],
  ["keeps what the URL asks for although it does not exist", "", "models-b", "models-b"],
  ["offers nothing for a claim that exists", "a", "", null],
  ["offers nothing a claim could not be called", "Not A Name", "", null],
])("%s", (_name, typed, chosen, expected) => {
  expect(claimByName([candidate("a", "nvme")], { typed, chosen })).toBe(expected);
});
