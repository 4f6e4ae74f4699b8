import { readFileSync } from "node:fs";
import { expect, inject, it } from "vitest";
import { parse } from "yaml";

import { embedCoreSchemas, type Schema } from "../cluster/core-schemas";
import { definitionFiles } from "../cluster/furnish";
import { connect } from "./api-client";

// The sandbox serves no description of the built-in kinds' fields.
it.skipIf(!inject("realControlPlane"))(
  "the definitions describe Kubernetes' own types as this API server does (npm run crds renews them)",
  async () => {
    const { body } = await connect().get("/openapi/v3/api/v1");
    const { schemas } = body["components"] as { schemas: Record<string, Schema> };
    for (const file of definitionFiles()) {
      const definition = parse(readFileSync(file, "utf8")) as object;
      expect(definition).toEqual(embedCoreSchemas(definition, schemas));
    }
  },
);
