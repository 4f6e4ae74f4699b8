import { describe, expect, it } from "vitest";

import { createRoleSwitch } from "./role-switch";

function setUp() {
  const log: string[] = [];
  const errors: unknown[] = [];
  const waiting: (() => void)[] = [];
  const role = (name: string, end: () => Promise<void>) => () => {
    log.push(`${name} begins`);
    return async () => {
      await end();
      log.push(`${name} ends`);
    };
  };
  const roles = createRoleSwitch(
    {
      slow: role("slow", () => new Promise((resolve) => waiting.push(resolve))),
      quick: role("quick", () => Promise.resolve()),
      failing: role("failing", () => Promise.reject(new Error("stuck"))),
    },
    (error) => errors.push(error),
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { log, errors, roles, settle, letGo: () => waiting.shift()?.() };
}

describe("createRoleSwitch", () => {
  it("begins a role only when the last has ended", async () => {
    const { log, roles, settle, letGo } = setUp();
    await roles.to("slow");
    const changed = roles.to("quick");
    await settle();
    expect(log).toEqual(["slow begins"]);
    letGo();
    await changed;
    expect(log).toEqual(["slow begins", "slow ends", "quick begins"]);
  });

  it("plays a role once, however often it is asked for", async () => {
    const { log, roles } = setUp();
    await roles.to("quick");
    await roles.to("quick");
    expect(log).toEqual(["quick begins"]);
  });

  it("leaves out what was wanted only in between", async () => {
    const { log, roles, settle, letGo } = setUp();
    await roles.to("slow");
    void roles.to("quick");
    const over = roles.to(null);
    await settle();
    letGo();
    await over;
    expect(log).toEqual(["slow begins", "slow ends"]);
  });

  it("goes on when a role does not end cleanly, and says so", async () => {
    const { log, errors, roles } = setUp();
    await roles.to("failing");
    await roles.to("quick");
    expect(log).toEqual(["failing begins", "quick begins"]);
    expect(errors).toHaveLength(1);
  });
});
