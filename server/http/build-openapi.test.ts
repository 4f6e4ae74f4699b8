import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { apiResources } from "./routes/api-resources";
import { buildOpenApi } from "./build-openapi";
import { openapi } from "./routes/openapi";

const document = buildOpenApi([...apiResources, openapi]);

/** `app/api/v1/namespaces/[namespace]/…/route.ts` → `/api/v1/namespaces/{namespace}/…`. */
function pathsOfApp(): string[] {
  return readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("/route.ts") && !file.includes("[..."))
    .map((file) => `/${file.replace(/\/route\.ts$/, "").replaceAll(/\[(\w+)\]/g, "{$1}")}`);
}

describe("the OpenAPI document", () => {
  it("describes every route of the application and no other", () => {
    expect(Object.keys(document.paths ?? {}).sort()).toEqual(pathsOfApp().sort());
  });

  it("names the shared schemas once and refers to nothing that is missing", () => {
    const text = JSON.stringify(document);
    const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );

    expect(new Set(refs)).toContain("ServiceView");
    expect(Object.keys(document.components?.schemas ?? {})).toEqual(
      expect.arrayContaining([...new Set(refs)]),
    );
  });

  it("says what every query parameter is called", () => {
    const parameters = document.paths?.["/api/v1/inferenceservices"]?.get?.parameters ?? [];
    const names = parameters.map((parameter) => ("name" in parameter ? parameter.name : ""));

    expect(names.sort()).toEqual(
      [
        "namespace",
        "q",
        "severity",
        "finding",
        "claim",
        "storageClass",
        "node",
        "sort",
        "limit",
        "continue",
      ].sort(),
    );
  });
});
