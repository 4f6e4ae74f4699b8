import { describe, expect, it } from "vitest";

import { aContainerStatus, aPod } from "@/server/testing/builders";
import type { Pod } from "../objects";
import { diagnoseTransfer, hasStaged } from "./transfer";

type State = NonNullable<
  NonNullable<NonNullable<Pod["status"]>["initContainerStatuses"]>[number]["state"]
>;
const ended = (exitCode: number, message = ""): State => ({ terminated: { exitCode, message } });

function pod(state: State, name = "model-downloader", lastState: State = {}): Pod {
  const status = aContainerStatus(name, state, { lastState });
  return aPod({ status: { initContainerStatuses: [status] } });
}

describe("diagnoseTransfer", () => {
  it.each([
    ["curl: (60) SSL certificate problem: unable to get", "ModelSourceUntrusted"],
    ["self signed certificate in chain", "ModelSourceUntrusted"],
    ["curl: (22) The requested URL returned error: 401", "ModelSourceUnauthorized"],
    ["curl: (22) The requested URL returned error: 403", "ModelSourceUnauthorized"],
    ["<Code>SignatureDoesNotMatch</Code>", "ModelSourceUnauthorized"],
    ["curl: (22) The requested URL returned error: 404", "ModelSourceNotFound"],
    ["<Code>NoSuchBucket</Code>", "ModelSourceNotFound"],
    ["sh: write error: No space left on device", "ModelTransferOutOfSpace"],
    ["Disk quota exceeded", "ModelTransferOutOfSpace"],
    ["curl: (6) Could not resolve host: x", "ModelSourceUnreachable"],
    ["connect: Connection refused", "ModelSourceUnreachable"],
    ["Permission denied", null],
    ["curl: (1) Protocol hf not supported", null],
  ])("%s → %s", (words, reason) => {
    expect(diagnoseTransfer([pod(ended(22, words))])?.reason ?? null).toBe(reason);
  });

  it("quotes the line, the node and what to do", () => {
    const words = "Downloading model...\ncurl: (22) The requested URL returned error: 404\n";
    const { message } = diagnoseTransfer([pod(ended(22, words))])!;
    expect(message).toMatch(
      /^Model transfer failed: curl: \(22\) The requested URL returned error: 404 \(node gpu-1\)\. \S/,
    );
  });

  it("takes the first cause of the list when several are named", () => {
    const words = "could not resolve host\nssl certificate problem";
    expect(diagnoseTransfer([pod(ended(1, words))])?.reason).toBe("ModelSourceUntrusted");
  });

  it("looks at the last failure while it is being retried", () => {
    const retrying = pod({ waiting: {} }, "model-downloader", ended(22, "returned error: 404"));
    expect(diagnoseTransfer([retrying])?.reason).toBe("ModelSourceNotFound");
  });

  it("looks at the preparation too, but not at a draft's containers", () => {
    const words = "No space left on device";
    expect(diagnoseTransfer([pod(ended(1, words), "model-cache-prep")])).not.toBeNull();
    expect(diagnoseTransfer([pod(ended(1, words), "draft-model-downloader")])).toBeNull();
  });

  it("forgets a failure that a later run made good", () => {
    const healed = pod(ended(0), "model-downloader", ended(22, "returned error: 404"));
    expect(diagnoseTransfer([healed])).toBeNull();
  });
});

describe("hasStaged", () => {
  it.each<[string, readonly Pod[], boolean]>([
    ["both containers done", [aPod()], true],
    ["one still running", [pod({ running: {} })], false],
    ["one failed", [pod(ended(1))], false],
    ["no pod", [], false],
  ])("%s → %s", (_title, pods, staged) => {
    expect(hasStaged(pods)).toBe(staged);
  });
});
