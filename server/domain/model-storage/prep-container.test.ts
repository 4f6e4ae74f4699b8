import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { SHELL } from "@/server/testing/downloads/programs";
import { initContainersOf, type StagedModel } from "@/server/testing/downloads/staged-model";

const IS_ROOT = process.getuid?.() === 0;

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
  machine.store("models/0123456789abcdef/phi.gguf", "weights");
  chmodSync(join(machine.root, "models"), 0o755);
});
afterEach(() => machine.remove());

type Over = Pick<StagedModel, "service" | "settings">;

/** With `chown`, a shell function of that body stands in: BusyBox may prefer its own program to any in the PATH. */
function prep(over: Over = {}, chown?: string) {
  const [first] = initContainersOf({ model: { source: "https://host/phi.gguf" }, ...over });
  if (first === undefined || chown === undefined) return machine.run(first!);
  const [shell = "", flag = "", script = ""] = first.command ?? [];
  const command = [shell, flag, `chown() { ${chown}; }\n${script}`];
  return machine.run({ ...first, command });
}
const at = (path: string) => {
  const { uid, gid, mode } = statSync(join(machine.root, path));
  return { uid, gid, mode: (mode & 0o7777).toString(8) };
};

type Wanted = readonly [string, Over, number, number, string];
const CASES: readonly Wanted[] = [
  ["the operator's group", {}, 0, 102, "775"],
  ["the service's group", { service: { podSecurityContext: { fsGroup: 2000 } } }, 0, 2000, "775"],
  [
    "the image's user where no group is wanted",
    { settings: { defaultFsGroup: 0 } },
    100,
    100,
    "770",
  ],
  ["the image's user where the service wants none", { service: { podSecurityContext: { fsGroup: 0 } } }, 100, 100, "770"], // prettier-ignore
];

describe(`model-cache-prep as root, run by ${SHELL}`, { timeout: 30_000 }, () => {
  beforeEach((context) => context.skip(!IS_ROOT, "only root may give a directory away"));
  it.each(CASES)("gives the mount to %s, and nothing below it", async (_, over, uid, gid, mode) => {
    const below = at("models/0123456789abcdef");
    expect(await prep(over)).toMatchObject({ code: 0, log: "", reason: null });
    expect(at("models")).toEqual({ uid, gid, mode });
    expect(at("models/0123456789abcdef")).toEqual(below);
  });
});

describe(`model-cache-prep with a recorded chown, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it.each(CASES)("gives the mount to %s, and nothing below it", async (_, over, uid, gid, mode) => {
    const { code, log } = await prep(over, `printf '%s\\n' "chown $*"`);
    expect([code, log]).toEqual([0, `chown ${uid}:${gid} ${machine.root}/models\n`]);
    expect(at("models").mode).toBe(mode);
  });

  it("fails where it may not change the owner, and leaves the mode", async () => {
    const refusing = 'echo "chown: $2: Operation not permitted" >&2; return 1';
    const { code, log, reason } = await prep({}, refusing);
    expect([code, reason, at("models").mode]).toEqual([1, null, "755"]);
    expect(log).toContain("Operation not permitted");
  });
});
