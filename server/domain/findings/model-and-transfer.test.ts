import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ServiceFacts } from "../facts";
import type { Condition } from "../objects";
import {
  aClaim,
  aContainerStatus,
  aModel,
  anInferenceService,
  aPod,
  aStorageClass,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, invisible } from "@/server/testing/facts";
import { serviceFindings } from "./find";
import { modelNotFound } from "./model-not-found";
import { modelNotReady } from "./model-not-ready";
import { transferFailure, transferFindingCodes } from "./transfer-failure";
import { unboundedEphemeralCache } from "./unbounded-ephemeral-cache";

const AT = "2026-03-01T11:40:00Z";
const drafting = anInferenceService({
  spec: { speculativeDecoding: { type: "draft", draftModelRef: "small" } },
});

describe("modelNotFound", () => {
  it.each([
    [
      "the Model",
      aServiceFacts({ model: null }),
      'Model "llama-3-8b" does not exist in namespace ml.',
    ],
    [
      "the draft model",
      aServiceFacts({ service: drafting }),
      'Draft model "small" does not exist in namespace ml.',
    ],
  ])("names %s", (_name, facts, message) => {
    expect(modelNotFound(facts)).toMatchObject({ severity: "error", message });
  });

  it.each([
    ["both are there", aServiceFacts({ service: drafting, draftModel: aModel() })],
    ["Models may not be listed", aServiceFacts({ model: null, surroundings: invisible("models") })],
    [
      "the kind of decoding loads no weights",
      aServiceFacts({
        service: anInferenceService({
          spec: { speculativeDecoding: { type: "ngram-simple", draftModelRef: "small" } },
        }),
      }),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(modelNotFound(facts)).toBeNull();
  });
});

const degraded: Condition = {
  type: "Degraded",
  status: "True",
  reason: "InvalidFileSet",
  message: "glob in files",
  lastTransitionTime: AT,
};

describe("modelNotReady", () => {
  it("is an error with the Model's own words when it has failed", () => {
    const model = aModel({ status: { phase: "Failed", conditions: [degraded] } });

    expect(modelNotReady(aServiceFacts({ model }))).toMatchObject({
      severity: "error",
      message: 'Model "llama-3-8b" has failed (InvalidFileSet): glob in files',
      since: AT,
    });
  });

  it("tells of a prefetch that failed, and how to try it again", () => {
    const conditions = [
      {
        ...degraded,
        type: "Progressing",
        status: "False" as const,
        reason: "PrefetchFailed",
        message: 'Job "llama-3-8b-prefetch" failed',
      },
    ];
    const finding = modelNotReady(
      aServiceFacts({ model: aModel({ status: { phase: "Failed", conditions } }) }),
    );
    expect(finding?.message).toBe(
      'Model "llama-3-8b" has failed (PrefetchFailed): Job "llama-3-8b-prefetch" failed',
    );
    expect(finding?.nextStep).toContain("delete the Job");
  });

  it.each([["Downloading"], ["Copying"], ["Pending"], [undefined]])(
    "is info while it is %s",
    (phase) => {
      const model = aModel({ status: { phase } });

      expect(modelNotReady(aServiceFacts({ model }))?.severity).toBe("info");
    },
  );

  it("leaves it to the finding that says so when the Model and its claim wait for each other", () => {
    const claim = aClaim({ spec: { volumeName: undefined }, status: { phase: "Pending" } });
    const claims = new Map([
      ["weights", aClaimFacts({ claim, volume: null, storageClass: aStorageClass() })],
    ]);
    const model = aModel({
      spec: { source: "pvc://weights/a.gguf" },
      status: { phase: "Pending" },
    });
    const facts = aServiceFacts({ model, claims });

    expect(modelNotReady(facts)).toBeNull();
    expect(serviceFindings(facts)[0]?.code).toBe("FirstConsumerDeadlock");
  });

  it("is silent when the Model is Ready, or not there", () => {
    expect(modelNotReady(aServiceFacts())).toBeNull();
    expect(modelNotReady(aServiceFacts({ model: null }))).toBeNull();
  });
});

const failing = (
  message: string,
  container = "model-downloader",
  exitCode = 22,
  reason = "Error",
) =>
  aPod({
    status: {
      phase: "Pending",
      conditions: [],
      initContainerStatuses: [
        aContainerStatus(
          container,
          { waiting: { reason: "CrashLoopBackOff" } },
          {
            restartCount: 2,
            lastState: { terminated: { exitCode, reason, message, finishedAt: AT } },
          },
        ),
      ],
    },
  });
const codesOf = (facts: ReturnType<typeof aServiceFacts>) =>
  serviceFindings(facts)
    .map(({ code }) => code)
    .filter((code) => (transferFindingCodes as readonly string[]).includes(code));

describe("transferFailure", () => {
  it.each([
    [
      "curl: (23) Failure writing output to destination: No space left on device",
      "ModelTransferOutOfSpace",
    ],
    ["sh: write error: Disk quota exceeded", "ModelTransferOutOfSpace"],
    ["curl: (22) The requested URL returned error: 404", "ModelSourceNotFound"],
    ["<Code>NoSuchKey</Code>", "ModelSourceNotFound"],
    ["curl: (22) The requested URL returned error: 403", "ModelSourceUnauthorized"],
    ["SignatureDoesNotMatch", "ModelSourceUnauthorized"],
    [
      "curl: (60) SSL certificate problem: unable to get local issuer certificate",
      "ModelSourceUntrusted",
    ],
    ["curl: (6) Could not resolve host: models.example.com", "ModelSourceUnreachable"],
    ["curl: (7) Failed to connect to x port 443: Connection refused", "ModelSourceUnreachable"],
    ["chmod: /models: Operation not permitted", "ModelTransferFailed"],
    ["", "ModelTransferFailed"],
  ])("reads %j as %s", (log, code) => {
    expect(codesOf(aServiceFacts({ pods: [failing(log)] }))).toEqual([code]);
  });

  it.each([["model-cache-prep"], ["draft-model-downloader"]])("looks at %s, too", (container) => {
    const pods = [failing("no space left on device", container)];

    expect(codesOf(aServiceFacts({ pods }))).toEqual(["ModelTransferOutOfSpace"]);
  });

  it.each([
    [
      "Error",
      "read: connection reset\nsomething of its own\n",
      'Init container "model-downloader" failed with exit code 137: "something of its own".',
    ],
    [
      "OOMKilled",
      "",
      'Init container "model-downloader" failed with exit code 137, killed for taking too much memory.',
    ],
  ])(
    "quotes the last line of the log of an end that is of no known cause (%s)",
    (reason, log, message) => {
      const pods = [failing(log, "model-downloader", 137, reason)];

      expect(transferFailure("ModelTransferFailed")(aServiceFacts({ pods }))?.message).toBe(
        message,
      );
    },
  );

  it("names the disk of the pod that failed, whatever the service should use by now", () => {
    const pods = [failing("no space left on device")];
    const moved = anInferenceService({ spec: { modelCache: { claimName: "larger" } } });
    const claims = new Map([["larger", null]]);
    const ofPod = (facts: Partial<ServiceFacts>) =>
      transferFailure("ModelTransferOutOfSpace")(aServiceFacts(facts))?.message;

    expect(ofPod({ pods, service: moved, claims })).toContain('claim "models-nvme-a" ran out');
    const onNode = pods.map((pod) => ({ ...pod, spec: { ...pod.spec!, volumes: [] } }));
    expect(ofPod({ pods: onNode })).toContain("scratch space on node gpu-1");
  });

  it("says what is full, with the model's size, and opens the right log", () => {
    const pods = [
      failing(
        "  % Total\ncurl: (23) client returned ERROR on write\nsh: write error: No space left on device\n",
      ),
    ];
    const [finding] = serviceFindings(aServiceFacts({ pods }));

    expect(finding?.message).toBe(
      'The disk is full: claim "models-nvme-a" (100Gi) ran out of space while "llama-3-8b" (4.6 GiB) was downloaded: "sh: write error: No space left on device".',
    );
    expect(finding).toMatchObject({ since: AT });
    expect(finding?.actions).toEqual([
      {
        type: "OpenLogs",
        label: "Open its log",
        pod: "llama-6c9d7b5f4-x2x7p",
        container: "model-downloader",
      },
      { type: "AttachClaim", label: "Use a larger claim" },
    ]);
  });

  const reported = anInferenceService({
    status: {
      conditions: [
        {
          type: "ModelTransferHealthy",
          status: "False",
          reason: "ModelSourceNotFound",
          message: "Model transfer failed: 404 (node gpu-1)",
          lastTransitionTime: AT,
        },
      ],
    },
  });
  it("believes the operator's condition when there is no pod to look at", () => {
    expect(codesOf(aServiceFacts({ service: reported, pods: [] }))).toEqual([
      "ModelSourceNotFound",
    ]);
  });

  it.each([
    ["pods got on in the meantime", aServiceFacts({ service: reported })],
    ["the container succeeded at its next try", aServiceFacts()],
    [
      "another init container failed",
      aServiceFacts({ pods: [failing("404 not found", "my-init")] }),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(codesOf(facts)).toEqual([]);
  });
});

describe("unboundedEphemeralCache", () => {
  const ephemeral = (spec: object = {}) =>
    aServiceFacts({
      service: anInferenceService({
        spec: { modelCache: { claimName: undefined, persistence: "Ephemeral" }, ...spec },
      }),
    });

  it("fires without a budget", () => {
    expect(unboundedEphemeralCache(ephemeral())).toMatchObject({ severity: "warning" });
  });

  it.each([
    ["a budget", ephemeral({ resources: { ephemeralStorage: "40Gi" } })],
    ["no staging at all", ephemeral({ skipModelInit: true })],
    [
      "a pre-staged model",
      {
        ...ephemeral(),
        model: aModel({ spec: { source: "pvc://weights/a.gguf" } }),
      },
    ],
    ["a cache", aServiceFacts()],
  ])("is silent with %s", (_name, facts) => {
    expect(unboundedEphemeralCache(facts)).toBeNull();
  });
});

describe("hostile text", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom("\u0000\u001b[31mred", "\u202Eevil", "x".repeat(20_000), "a\r\nb", "\ud800"),
  );
  const bad = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

  it("never reaches a finding raw or unbounded", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (claimName, message, source) => {
        const facts = aServiceFacts({
          service: anInferenceService({
            spec: { modelRef: message, modelCache: { claimName } },
            status: { phase: "Failed", conditions: [{ ...degraded, message, reason: source }] },
          }),
          model: aModel({ spec: { source }, status: { cacheKey: message, phase: source } }),
          claims: new Map([[claimName, null]]),
          pods: [failing(message)],
        });
        for (const finding of serviceFindings(facts)) {
          const texts = [finding.message, finding.nextStep];
          for (const { kind, name, field, value } of finding.evidence) {
            texts.push(kind, name, field, value);
          }
          for (const text of texts) {
            expect(text).not.toMatch(bad);
            expect(text.length).toBeLessThanOrEqual(900);
          }
        }
      }),
    );
  });
});
