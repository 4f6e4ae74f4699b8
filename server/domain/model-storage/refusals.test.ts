import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { SHELL } from "@/server/testing/downloads/programs";
import { initContainersOf, type StagedModel } from "@/server/testing/downloads/staged-model";

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const REPOSITORY = { source: "hf://o/r" };

describe(
  `a Model that cannot be staged, its container run by ${SHELL}`,
  { timeout: 30_000 },
  () => {
    it.each<[string, StagedModel, RegExp]>([
      [
        "a folder that is not allowed",
        { model: { source: "/etc/shadow" } },
        /^ERROR: SourceNotAllowed .*\/etc\/shadow/,
      ],
      [
        "a pattern, cached",
        { model: { ...REPOSITORY, files: ["*.gguf"] } },
        /^ERROR: InvalidFileSet .*\*\.gguf/,
      ],
      [
        "a pattern, not cached",
        { model: { ...REPOSITORY, files: ["*.gguf"] }, settings: { cachePath: "" } },
        /^ERROR: InvalidFileSet .*\*\.gguf/,
      ],
      [
        "a way out of the directory",
        { model: { ...REPOSITORY, files: ["../../other/a.gguf"] } },
        /^ERROR: InvalidFileSet .*\.\.\/\.\.\/other\/a\.gguf/,
      ],
      [
        "a projector alone",
        { model: { ...REPOSITORY, mmproj: "mmproj.gguf" } },
        /^ERROR: InvalidFileSet .*spec\.mmproj/,
      ],
      [
        "shell text in a name",
        { model: { ...REPOSITORY, files: ["*'; touch pwned; echo '$(id)`id`\\c\\n.gguf"] } },
        /^ERROR: InvalidFileSet .*\*'; touch pwned; echo '\$\(id\)`id`\\c\\n\.gguf/,
      ],
    ])("%s: says why, fails, and touches nothing", async (_, staged, words) => {
      const [container, ...others] = initContainersOf(staged);
      const { code, log, reason } = await machine.run(container!);
      expect(others).toEqual([]);
      expect([code, reason, machine.models()]).toEqual([1, null, []]);
      expect(log).toMatch(words);
      expect(log.split("\n")).toHaveLength(2);
    });
  },
);
