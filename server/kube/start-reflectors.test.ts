import { describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { createFakeKubeHttp } from "@/server/testing/fake-kube-http";
import { createFakeTimers } from "@/server/testing/fake-timers";
import { startReflectors } from "./start-reflectors";

function setUp(namespaces: readonly string[] | null, refused: (path: string) => boolean) {
  const timers = createFakeTimers();
  const invisible = new Set<string>();
  const http = createFakeKubeHttp(({ path, query }) => {
    if (refused(path)) throw new AppError("Forbidden", `${path} is forbidden`);
    if (query?.["watch"] === true) return new Promise(() => undefined);
    return { items: [], metadata: { resourceVersion: "7" } };
  });
  const reflectors = startReflectors({
    http,
    namespaces,
    timers,
    onError: () => undefined,
    sink: {
      upsert: () => undefined,
      remove: () => undefined,
      setInvisible: (plural, is) => {
        if (is) invisible.add(plural);
        else invisible.delete(plural);
      },
    },
  });
  return { http, timers, reflectors, invisible };
}

describe("startReflectors", () => {
  it("lists each kind once, with selectors where the API has them", async () => {
    const { http, timers, reflectors } = setUp(null, () => false);
    await timers.settle();
    const lists = http.calls.filter(({ query }) => query?.["limit"] === 500);

    expect(new Set(lists.map(({ path }) => path)).size).toBe(13);
    expect(lists).toContainEqual(
      expect.objectContaining({
        path: "/apis/apps/v1/deployments",
        query: expect.objectContaining({
          labelSelector: "inference.llmkube.dev/service",
        }) as unknown,
      }),
    );
    expect(reflectors.synced()).toBe(true);
    expect(reflectors.kinds().map(({ plural, visible }) => [plural, visible])).toHaveLength(13);
    void reflectors.stop();
  });

  it("lists namespaced kinds per namespace, and a kind as invisible when one of them is refused", async () => {
    const { timers, reflectors, invisible } = setUp(
      ["a", "b"],
      (path) => path.endsWith("/nodes") || path.endsWith("/namespaces/b/pods"),
    );
    await timers.settle();

    expect([...invisible].sort()).toEqual(["nodes", "pods"]);
    expect(reflectors.synced()).toBe(true);
    const pods = reflectors.kinds().find(({ plural }) => plural === "pods");
    expect(pods).toMatchObject({
      kind: "Pod",
      visible: false,
      error: "/api/v1/namespaces/b/pods is forbidden",
    });
    void reflectors.stop();
  });
});
