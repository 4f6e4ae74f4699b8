import { describe, expect, it } from "vitest";

import { aModel, anInferenceService } from "@/server/testing/builders";
import type { InferenceService, Model } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { DEFAULT_OPERATOR_SETTINGS } from "../operator-settings";
import { buildModelStorage } from "./build-model-storage";

const KEY = "0123456789abcdef";
const URL = "https://host/phi.gguf";

type Case = {
  readonly service?: Partial<InferenceService["spec"]>;
  readonly source?: string;
  readonly model?: Partial<Model["spec"]>;
  readonly status?: Model["status"];
  readonly settings?: Partial<OperatorSettings>;
};

function build({ service, source = URL, model, status, settings }: Case) {
  const base = aModel({ metadata: { name: "phi" } });
  return buildModelStorage({
    service: { ...anInferenceService(), spec: { modelRef: "phi", ...service } },
    model: { ...base, spec: { source, ...model }, status: status ?? { cacheKey: KEY } },
    settings: { ...DEFAULT_OPERATOR_SETTINGS, ...settings },
  });
}

const env = (storage: ReturnType<typeof build>) =>
  Object.fromEntries(
    (storage.initContainers.at(-1)?.env ?? []).map(({ name, value }) => [name, value ?? ""]),
  );
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

const LIST = { files: ["q4/a.gguf", "b.gguf"] };

describe("buildModelStorage", () => {
  it("keeps a single file in its key directory on the claim", () => {
    const storage = build({ service: { modelCache: { claimName: "mine" } } });
    expect(storage.volumes).toEqual([
      { name: "model-cache", persistentVolumeClaim: { claimName: "mine" } },
    ]);
    expect(storage.mounts).toEqual([{ name: "model-cache", mountPath: "/models", readOnly: true }]);
    expect(names(storage.initContainers)).toEqual(["model-cache-prep", "model-downloader"]);
    expect(env(storage)).toEqual({
      MODEL_SOURCE: URL,
      CACHE_DIR: `/models/${KEY}`,
      MODEL_PATH: `/models/${KEY}/phi.gguf`,
    });
    expect(storage.modelPath).toBe(`/models/${KEY}/phi.gguf`);
  });

  it("keeps several files with their folders, and hands over the directory", () => {
    const storage = build({ source: "hf://o/r", model: LIST, status: {} });
    const dir = "/models/6dfff5aa34cb9a9d";
    expect(env(storage)["MODEL_FILES"]).toBe("q4/a.gguf\nb.gguf");
    expect(env(storage)["MODEL_SOURCE"]).toBe("https://huggingface.co/o/r/resolve/main/");
    expect(storage.stagedDir).toBe(env(storage)["CACHE_DIR"]);
    expect(storage.modelPath).toBe(`${storage.stagedDir ?? ""}/q4/a.gguf`);
    expect(storage.stagedDir).toHaveLength(dir.length);
  });

  it.each<[string, Case, string]>([
    ["the shared claim", {}, "llmkube-model-cache"],
    ["the service's own", { settings: { cacheMode: "perService" } }, "llama-model-cache"],
    [
      "the user's over both",
      {
        service: { modelCache: { claimName: "mine" } },
        settings: { cacheMode: "perService" },
      },
      "mine",
    ],
  ])("mounts %s", (_title, subject, claim) => {
    expect(build(subject).volumes[0]?.persistentVolumeClaim?.claimName).toBe(claim);
  });

  it("only reads a claim that already holds the weights, and runs nothing", () => {
    const storage = build({ source: "pvc://staged/a/b.gguf" });
    expect(storage).toEqual({
      volumes: [
        { name: "model-source", persistentVolumeClaim: { claimName: "staged", readOnly: true } },
      ],
      initContainers: [],
      mounts: [{ name: "model-source", mountPath: "/model-source", readOnly: true }],
      modelPath: "/model-source/a/b.gguf",
      stagedDir: null,
    });
  });

  it.each<[string, Case, object]>([
    ["caching is off", { settings: { cachePath: "" } }, {}],
    ["there is no key", { source: "hf://o/r", status: {} }, {}],
    ["the user asks for it", { service: ephemeral() }, {}],
    ["the user asks for it with a budget", { service: ephemeral("40Gi") }, { sizeLimit: "40Gi" }],
    [
      "a budget without asking limits nothing",
      { service: { resources: { ephemeralStorage: "40Gi" } }, settings: { cachePath: "" } },
      {},
    ],
  ])("uses space that ends with the pod when %s", (_title, subject, emptyDir) => {
    const storage = build(subject);
    expect(storage.volumes).toEqual([{ name: "model-storage", emptyDir }]);
    expect(names(storage.initContainers)).toEqual(["model-downloader"]);
    expect(storage.modelPath).toBe("/models/ml-phi.gguf");
    expect(storage.initContainers[0]?.env).toContainEqual({ name: "CACHE_DIR" });
    expect(storage.mounts).toEqual([
      { name: "model-storage", mountPath: "/models", readOnly: true },
    ]);
  });

  it("stages several files on such space below one directory", () => {
    const storage = build({ source: "hf://o/r", model: LIST, settings: { cachePath: "" } });
    expect(storage.stagedDir).toBe("/models/ml-phi");
    expect(storage.modelPath).toBe("/models/ml-phi/q4/a.gguf");
  });

  it.each<[string, Case, string, string]>([
    [
      "a bad file list on a claim",
      { source: "hf://o/r", model: { files: ["*.gguf"] } },
      "model-cache",
      `/models/${KEY}/model.gguf`,
    ],
    [
      "a bad file list elsewhere",
      { source: "hf://o/r", model: { files: ["*.gguf"] }, settings: { cachePath: "" } },
      "model-storage",
      "/models/ml-phi/model.gguf",
    ],
    [
      "a local file outside the allowed folders",
      { source: "/etc/x" },
      "model-storage",
      "/models/model.gguf",
    ],
  ])("fails the pod at once for %s", (_title, subject, volume, path) => {
    const storage = build(subject);
    expect(names(storage.volumes)).toEqual([volume]);
    expect(storage.modelPath).toBe(path);
    expect(storage.initContainers).toHaveLength(1);
    const [refusal] = storage.initContainers;
    expect(refusal?.command?.[2]).toMatch(/ERROR: .*\n.*exit 1$/s);
    expect(refusal?.volumeMounts).toBeUndefined();
  });

  it("copies an allowed local file from the node", () => {
    const storage = build({ source: "/srv/x.gguf", settings: { allowedHostPathRoots: ["/srv"] } });
    expect(storage.volumes).toContainEqual({
      name: "host-model",
      hostPath: { path: "/srv/x.gguf", type: "File" },
    });
    expect(storage.initContainers[1]?.volumeMounts).toContainEqual({
      name: "host-model",
      mountPath: "/host-model/model.gguf",
      readOnly: true,
    });
  });

  it.each(["tgi", "generic", "personaplex", "llamacpp-router"])(
    "adds nothing for %s",
    (runtime) => {
      expect(build({ service: { runtime } })).toMatchObject({ volumes: [], modelPath: null });
    },
  );

  it("adds nothing when the user skips it", () => {
    expect(build({ service: { skipModelInit: true } })).toMatchObject({ initContainers: [] });
  });

  it("tells an s3 downloader bucket and key, and gives it the secret", () => {
    const storage = build({
      source: "s3://bucket/dir/x.gguf",
      model: { sourceSecretRef: { name: "creds" } },
    });
    expect(env(storage)).toMatchObject({ S3_BUCKET: "bucket", S3_KEY: "dir/x.gguf" });
    expect(storage.initContainers[1]?.envFrom).toEqual([{ secretRef: { name: "creds" } }]);
  });

  it("tells an s3 downloader of several files the prefix", () => {
    const storage = build({ source: "s3://bucket/dir", model: LIST });
    expect(env(storage)).toMatchObject({ S3_BUCKET: "bucket", S3_PREFIX: "dir" });
  });

  it("mounts extra certificates on the downloader only", () => {
    const storage = build({ settings: { caCertConfigMap: "corp" } });
    expect(names(storage.volumes)).toEqual(["model-cache", "custom-ca-cert"]);
    expect(names(storage.initContainers[0]?.volumeMounts ?? [])).toEqual(["model-cache"]);
    expect(names(storage.initContainers[1]?.volumeMounts ?? [])).toContain("custom-ca-cert");
  });

  it.each([
    [undefined, "chown 0:102 /models"],
    [2000, "chown 0:2000 /models"],
    [0, "chown 100:100 /models"],
  ])("prepares the cache's root for group %s", (fsGroup, command) => {
    const service = fsGroup === undefined ? {} : { podSecurityContext: { fsGroup } };
    const [prep] = build({ service }).initContainers;
    expect(prep?.command?.[2]).toContain(command);
    expect(prep?.securityContext?.runAsUser).toBe(0);
  });

  it("runs the downloader as the user the pod runs as", () => {
    const service = { podSecurityContext: { runAsUser: 7, runAsGroup: 8 } };
    expect(build({ service }).initContainers[1]?.securityContext).toMatchObject({
      runAsUser: 7,
      runAsGroup: 8,
      allowPrivilegeEscalation: false,
    });
  });

  it("never lets the serving container write", () => {
    const cases: readonly Case[] = [
      {},
      { source: "pvc://c/x" },
      { settings: { cachePath: "" } },
      { source: "hf://o/r", model: LIST },
    ];
    for (const mount of cases.flatMap((subject) => build(subject).mounts)) {
      expect(mount.readOnly).toBe(true);
    }
  });
});

function ephemeral(budget?: string): Partial<InferenceService["spec"]> {
  const modelCache = { persistence: "Ephemeral" as const };
  return budget === undefined
    ? { modelCache }
    : { modelCache, resources: { ephemeralStorage: budget } };
}
