import { describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { createFakeClock } from "@/server/testing/fake-clock";
import { createFakeKubeHttp } from "@/server/testing/fake-kube-http";
import { createAccessReviewer } from "./access-reviewer";

const ACTION = { verb: "patch", group: "inference.llmkube.dev", resource: "inferenceservices" };
const READ = { ...ACTION, verb: "list" };
const LOCAL = { name: "local", groups: [] };

function setUp(answer: () => unknown) {
  const http = createFakeKubeHttp(answer);
  const clock = createFakeClock();
  return { http, clock, reviewer: createAccessReviewer({ http, clock, localUser: "local" }) };
}

describe("access reviewer", () => {
  it("asks about itself for the local user, and about the actor for everybody else", async () => {
    const { http, reviewer } = setUp(() => ({ status: { allowed: true } }));
    await reviewer.can(LOCAL, ACTION);
    await reviewer.can({ name: "jane", groups: ["ml"] }, ACTION);

    expect(http.calls).toMatchObject([
      {
        path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        body: { spec: { resourceAttributes: ACTION } },
      },
      {
        path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        body: { spec: { resourceAttributes: ACTION, user: "jane", groups: ["ml"] } },
      },
    ]);
  });

  it.each<[string, () => unknown, boolean | null]>([
    ["allowed", () => ({ status: { allowed: true } }), true],
    ["not allowed", () => ({ status: { allowed: false } }), false],
    ["could not be evaluated", () => ({ status: { allowed: false, evaluationError: "x" } }), null],
    ["may not ask", () => Promise.reject(new AppError("Forbidden", "no")), null],
    ["nobody answers", () => Promise.reject(new AppError("ServiceUnavailable", "no")), null],
  ])("%s", async (_case, answer, expected) => {
    expect(await setUp(answer).reviewer.can(LOCAL, ACTION)).toBe(expected);
  });

  it("keeps an answer for half a minute when it is about reading, and no doubt at all", async () => {
    let status: object = { allowed: false, evaluationError: "x" };
    const { http, clock, reviewer } = setUp(() => ({ status }));
    await reviewer.can(LOCAL, READ);
    status = { allowed: true };
    expect(await reviewer.can(LOCAL, READ)).toBe(true);

    status = { allowed: false };
    clock.advance(29_999);
    expect(await reviewer.can(LOCAL, READ)).toBe(true);
    clock.advance(1);
    expect(await reviewer.can(LOCAL, READ)).toBe(false);
    expect(http.calls).toHaveLength(3);
  });

  it.each(["create", "update", "patch", "delete", "deletecollection"])(
    "asks anew each time before a %s",
    async (verb) => {
      let status: object = { allowed: true };
      const { reviewer } = setUp(() => ({ status }));
      expect(await reviewer.can(LOCAL, { ...ACTION, verb })).toBe(true);
      status = { allowed: false };
      expect(await reviewer.can(LOCAL, { ...ACTION, verb })).toBe(false);
    },
  );

  it("does not take one action's answer for another's", async () => {
    const { http, reviewer } = setUp(() => ({ status: { allowed: true } }));
    await reviewer.can(LOCAL, { ...READ, namespace: "a" });
    await reviewer.can(LOCAL, { ...READ, namespace: "b" });
    expect(http.calls).toHaveLength(2);
  });
});
