import { describe, expect, it } from "vitest";

import type { Finding } from "@/server/contract/finding";
import type { Download, ServiceView } from "@/server/contract/service-view";
import { toRepositoryProgress } from "./repository-steps";

const finding = { code: "ClaimNodeMismatch", severity: "error" } as Finding;
const download = (change: Partial<Download>): Download => ({
  state: "Running",
  pod: "llama-0",
  container: "model-downloader",
  file: null,
  receivedBytes: 50,
  totalBytes: 100,
  bytesPerSecond: null,
  etaSeconds: null,
  startedAt: null,
  lastProgressAt: null,
  ...change,
});
const row = (
  cache: Partial<ServiceView["cache"]>,
  change: Partial<ServiceView> = {},
): ServiceView => ({
  namespace: "prod",
  name: "llama",
  uid: "u",
  createdAt: "2026-11-20T12:00:00Z",
  modelRef: "llama",
  runtime: "llamacpp",
  phase: "Ready",
  model: null,
  cache: {
    kind: "UserOwned",
    declaredClaim: "old",
    effectiveClaim: "old",
    rolledOutClaim: "old",
    mountedClaims: ["old"],
    persistence: null,
    fieldOwner: null,
    ...cache,
  },
  download: null,
  replicas: { desired: 1, ready: 1 },
  nodeNames: [],
  storageClass: null,
  severity: "ok",
  findings: [],
  attachment: null,
  ...change,
});
const declared = { declaredClaim: "nvme", effectiveClaim: "nvme" };
const rolledOut = { ...declared, rolledOutClaim: "nvme" };
const mounted = { ...rolledOut, mountedClaims: ["nvme"] };

const states = (service: ServiceView, claimName: string | null = "nvme") =>
  toRepositoryProgress(service, { claimName })
    .steps.map(({ name, state }) => `${name}:${state}`)
    .filter((step) => !step.endsWith("waiting"))
    .join(" ");

describe("toRepositoryProgress", () => {
  it.each<[string, ServiceView, string]>([
    ["waits for the repository", row({}), "applied:current"],
    ["rolls out once the spec says it", row(declared), "applied:done rolledOut:current"],
    [
      "downloads",
      row(rolledOut, { download: download({}) }),
      "applied:done rolledOut:done downloaded:current",
    ],
    [
      "mounts",
      row(rolledOut, { replicas: { desired: 1, ready: 0 } }),
      "applied:done rolledOut:done downloaded:done mounted:current",
    ],
    [
      "becomes ready",
      row(mounted, { replicas: { desired: 2, ready: 1 } }),
      "applied:done rolledOut:done downloaded:done mounted:done ready:current",
    ],
    [
      "is done",
      row(mounted),
      "applied:done rolledOut:done downloaded:done mounted:done ready:done",
    ],
    [
      "stops at the step that fails",
      row(declared, { findings: [finding] }),
      "applied:done rolledOut:stopped",
    ],
  ])("%s", (_name, service, expected) => {
    expect(states(service)).toBe(expected);
  });

  it("takes no error of the claim that is to be left for its own", () => {
    const progress = toRepositoryProgress(row({}, { findings: [finding] }), { claimName: "nvme" });
    expect(progress.finding).toBeNull();
    expect(progress.steps[0]).toMatchObject({ state: "current" });
  });

  it("follows the removal of a claim to the operator's own", () => {
    const shared = { declaredClaim: null, effectiveClaim: "shared", rolledOutClaim: "shared" };
    expect(states(row({}), null)).toBe("applied:current");
    expect(states(row({ ...shared, mountedClaims: ["shared"] }), null)).toContain("ready:done");
  });

  it("says how far the download is", () => {
    const progress = toRepositoryProgress(row(rolledOut, { download: download({}) }), {
      claimName: "nvme",
    });
    expect(progress.steps[2]).toMatchObject({ percent: 50 });
  });
});
