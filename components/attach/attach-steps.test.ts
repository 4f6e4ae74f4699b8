import { describe, expect, it } from "vitest";

import type { Attachment } from "@/server/contract/attachment";
import type { Finding } from "@/server/contract/finding";
import type { Download, ServiceView } from "@/server/contract/service-view";
import { toStepper } from "./attach-steps";

const attachment = (change: Partial<Attachment> = {}): Attachment => ({
  id: "1",
  namespace: "prod",
  name: "llama",
  serviceUid: "u",
  claimName: "nvme",
  previousClaimName: null,
  persistence: null,
  previousPersistence: null,
  actor: "local",
  comment: null,
  writeAnyway: false,
  takeOwnership: false,
  state: "Pending",
  reason: "Stored",
  message: "Stored.",
  createdAt: "2026-11-23T12:00:00Z",
  updatedAt: "2026-11-23T12:00:00Z",
  closedAt: null,
  transitions: [],
  ...change,
});
const applied = (change: Partial<Attachment> = {}) =>
  attachment({
    state: "Applied",
    reason: "RollingOut",
    transitions: [
      {
        at: "2026-11-23T12:00:01Z",
        from: "Applying",
        to: "Applied",
        reason: "Written",
        message: "",
      },
    ],
    ...change,
  });
const service = (
  cache: Partial<ServiceView["cache"]> = {},
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
    declaredClaim: "nvme",
    effectiveClaim: "nvme",
    rolledOutClaim: "shared",
    mountedClaims: ["shared"],
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
const download = (change: Partial<Download>): Download => ({
  state: "Running",
  pod: "p",
  container: "model-downloader",
  file: "m.gguf",
  receivedBytes: 37,
  totalBytes: 100,
  bytesPerSecond: 2_500_000,
  etaSeconds: 63,
  startedAt: null,
  lastProgressAt: null,
  ...change,
});
const finding = (code: Finding["code"]): Finding => ({
  code,
  severity: "error",
  message: "It cannot.",
  nextStep: "",
  since: null,
  evidence: [],
  actions: [],
});

describe("toStepper", () => {
  it.each<[string, Attachment, ServiceView, string]>([
    [
      "is being written after it was stored",
      attachment(),
      service(),
      "stored written* rolledOut. downloaded. mounted. ready.",
    ],
    [
      "waits for the rollout once written",
      applied(),
      service(),
      "stored written rolledOut* downloaded. mounted. ready.",
    ],
    [
      "downloads once rolled out",
      applied({ reason: "Downloading" }),
      service({ rolledOutClaim: "nvme", mountedClaims: [] }, { download: download({}) }),
      "stored written rolledOut downloaded* mounted. ready.",
    ],
    [
      "is not mounted while an init container still fills the claim",
      applied({ reason: "Downloading" }),
      service({ rolledOutClaim: "nvme", mountedClaims: ["nvme"] }, { download: download({}) }),
      "stored written rolledOut downloaded* mounted. ready.",
    ],
    [
      "waits to be ready once mounted",
      applied({ reason: "WaitingForPods" }),
      service({ rolledOutClaim: "nvme", mountedClaims: ["nvme"] }),
      "stored written rolledOut downloaded mounted ready*",
    ],
    [
      "stops at writing when blocked",
      attachment({ state: "Blocked", reason: "ClaimExists" }),
      service(),
      "stored written! rolledOut. downloaded. mounted. ready.",
    ],
    [
      "stops where a finding of the service stops it",
      applied({ reason: "ModelTransferOutOfSpace" }),
      service(
        { rolledOutClaim: "nvme", mountedClaims: [] },
        {
          download: download({ state: "Failed" }),
          findings: [finding("ModelTransferOutOfSpace")],
        },
      ),
      "stored written rolledOut downloaded! mounted. ready.",
    ],
  ])("%s", (_name, request, row, expected) => {
    const marks = { done: "", current: "*", stopped: "!", waiting: ".", skipped: "-" };
    const { steps } = toStepper(request, row);
    expect(steps.map(({ name, state }) => name + marks[state]).join(" ")).toBe(expected);
  });

  it("is through when effective, and says that nothing had to be downloaded", () => {
    const {
      steps,
      ended,
      finding: stopped,
    } = toStepper(applied({ state: "Effective", reason: "Mounted" }), service());
    expect(steps.map(({ state }) => state)).toEqual([
      "done",
      "done",
      "done",
      "skipped",
      "done",
      "done",
    ]);
    expect(ended).toBe(true);
    expect(stopped).toBeNull();
  });

  it("tells percent and time left while downloading", () => {
    const { steps } = toStepper(
      applied({ reason: "Downloading" }),
      service({ rolledOutClaim: "nvme", mountedClaims: [] }, { download: download({}) }),
    );
    expect(steps[3]).toMatchObject({
      percent: 37,
      detail: "37 B of 100 B · 2.5 MB/s · 1 m 3 s left",
    });
  });

  it.each(["Conflict", "Forbidden", "Superseded", "Cancelled", "ServiceGone", "Ignored"] as const)(
    "has ended when %s, with the message at the step it stopped at",
    (state) => {
      const { steps, ended } = toStepper(attachment({ state, message: "because" }), service());
      expect(ended).toBe(true);
      expect(steps.find((step) => step.state === "stopped")?.detail).toBe("because");
    },
  );

  it("shows the finding that a written attachment waits on", () => {
    const broken = finding("ModelCachePVCNotFound");
    expect(
      toStepper(applied({ reason: "ClaimNotFound" }), service({}, { findings: [broken] })).finding,
    ).toBe(broken);
  });

  it("is not stopped by what is wrong with the cache it leaves", () => {
    const old = service({}, { findings: [finding("ModelCachePVCNotFound")] });
    expect(toStepper(applied(), old).steps.some(({ state }) => state === "stopped")).toBe(false);
  });
});
