import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { models, operatorSettings, services, sources } from "@/server/testing/arbitraries";
import { computeCacheKey, effectiveKey } from "./cache-key";
import { claimNameOf, declaredClaim, planClaim, SHARED_CLAIM } from "./claim-selection";
import { buildAutoscaler } from "./deployment/autoscaler";
import { planDeployment, type DesiredDeployment } from "./deployment/build-deployment";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "./improvements";
import { planModelStatus } from "./model/plan-model-status";
import { buildPrefetchJob } from "./model/prefetch-job";
import type { InferenceService, Model } from "./objects";
import { planOperatorClaim } from "./operator-claim";
import { planAdviceEvents } from "./operator-events";
import type { OperatorSettings } from "./operator-settings";
import { buildServiceObject } from "./service-object";
import { planCacheCondition } from "./status/model-cache-ready";

const RUNS = { numRuns: 500 };
// many cases each: not to be hurried where other suites run beside them
vi.setConfig({ testTimeout: 60_000 });
const subjects = fc.record({
  service: services,
  model: models,
  draft: fc.option(models),
  settings: operatorSettings,
});
type Subject = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly draft: Model | null;
  readonly settings: OperatorSettings;
};

function deploymentOf(subject: Subject): DesiredDeployment | null {
  const plan = planDeployment({ ...subject, replicas: 1 });
  return plan.kind === "deployment" ? plan.deployment : null;
}

/** Pod spec of a service; null when no pods can be built for it. */
const podOf = (subject: Subject) => deploymentOf(subject)?.spec.template.spec ?? null;

describe("whatever a service and its Model say", () => {
  it("a claim that is named is used, else the operator's by its mode, and never another", () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const { service, settings } = subject;
        const own = `${service.metadata.name}-model-cache`;
        const operators = settings.cacheMode === "perService" ? own : SHARED_CLAIM;
        const expected = declaredClaim(service) ?? operators;
        expect(claimNameOf(service, settings)).toBe(expected);
        const { effectiveClaim } = planClaim(subject);
        if (effectiveClaim !== null) expect(effectiveClaim).toBe(expected);
        for (const { name, persistentVolumeClaim } of podOf(subject)?.volumes ?? []) {
          if (name.endsWith("model-cache")) expect(persistentVolumeClaim?.claimName).toBe(expected);
        }
      }),
      RUNS,
    );
  });

  it("the operator makes no claim of a name that the user gave", () => {
    fc.assert(
      fc.property(services, operatorSettings, (service, settings) => {
        const plan = planOperatorClaim(service, settings);
        expect(plan.kind === "userOwned").toBe(declaredClaim(service) !== null);
      }),
      RUNS,
    );
  });

  it("the engine sees the weights read-only", () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const [engine] = podOf(subject)?.containers ?? [];
        for (const mount of engine?.volumeMounts ?? []) expect(mount.readOnly).toBe(true);
      }),
      RUNS,
    );
  });

  it("a claim whose weights are staged beforehand is mounted read-only altogether", () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        for (const { name, persistentVolumeClaim: claim } of podOf(subject)?.volumes ?? []) {
          if (name.endsWith("model-source")) expect(claim?.readOnly).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("every mount has its volume, and no two volumes, containers or mount paths are alike", () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const pod = podOf(subject);
        if (pod === null) return;
        const volumes = (pod.volumes ?? []).map(({ name }) => name);
        const containers = [...(pod.initContainers ?? []), ...pod.containers];
        const names = containers.map(({ name }) => name);
        expect(new Set(volumes).size).toBe(volumes.length);
        expect(new Set(names).size).toBe(names.length);
        for (const { volumeMounts = [] } of containers) {
          for (const { name } of volumeMounts) expect(volumes).toContain(name);
          const paths = volumeMounts.map(({ mountPath }) => mountPath);
          expect(new Set(paths).size).toBe(paths.length);
        }
      }),
      RUNS,
    );
  });

  it("equal input gives an equal Deployment", () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        expect(deploymentOf(subject)).toEqual(deploymentOf(structuredClone(subject)));
      }),
      RUNS,
    );
  });

  it("nothing the operator computes of them throws", () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const { service, model, settings } = subject;
        const now = "2026-03-01T12:00:00Z";
        buildPrefetchJob(model, settings, "0123456789abcdef");
        planDeployment({ ...subject, replicas: 1 });
        buildAutoscaler(service);
        buildServiceObject(service);
        for (const improvements of [ALL_IMPROVEMENTS, NO_IMPROVEMENTS]) {
          planModelStatus({ model, claim: null, nodes: [], settings, improvements, now });
          planAdviceEvents({ ...subject, improvements });
        }
        planCacheCondition({ ...subject, claim: null, claimMissing: false, pods: [], desired: 1 });
      }),
      RUNS,
    );
  });
});

describe("a second look at a Model", () => {
  it("finds nothing new to say, whatever the first one said", () => {
    const look = fc.record({
      settings: operatorSettings,
      improvements: fc.subarray([...ALL_IMPROVEMENTS]).map((names) => new Set(names)),
      now: fc.constant("2026-03-01T12:00:00Z"),
      claim: fc.constant(null),
      nodes: fc.constant([]),
    });
    fc.assert(
      fc.property(models, look, (model, around) => {
        const first = planModelStatus({ model, ...around });
        const status = first?.status ?? model.status;
        if (status === undefined) return;
        const second = planModelStatus({ model: { ...model, status }, ...around });
        expect(second?.status ?? status).toBe(status);
      }),
      RUNS,
    );
  });
});

describe("the cache key", () => {
  it("is sixteen hex digits that follow from the source alone", () => {
    fc.assert(
      fc.property(sources, models, (source, model) => {
        const key = computeCacheKey(source);
        expect(key).toMatch(/^[0-9a-f]{16}$/);
        expect(computeCacheKey(source)).toBe(key);
        const status = { ...model.status, cacheKey: "" };
        const bare = { ...model, spec: { ...model.spec, source }, status };
        expect([null, key]).toContain(effectiveKey(bare));
      }),
      RUNS,
    );
  });

  it("stays what was recorded, whatever becomes of the source", () => {
    fc.assert(
      fc.property(sources, models, (source, model) => {
        const recorded = model.status?.cacheKey ?? "";
        if (recorded === "") return;
        expect(effectiveKey({ ...model, spec: { ...model.spec, source } })).toBe(recorded);
      }),
      RUNS,
    );
  });

  it("differs where the sources differ", () => {
    fc.assert(
      fc.property(sources, sources, (one, other) => {
        expect(computeCacheKey(one) === computeCacheKey(other)).toBe(one === other);
      }),
      RUNS,
    );
  });
});
