import { describe, expect, it } from "vitest";

import { createRemoteGuard } from "./remote-guard";

describe("createRemoteGuard", () => {
  const guard = createRemoteGuard([]);

  it.each(["93.184.216.34", "2606:2800:220:1::1", "172.15.0.1", "::ffff:93.184.216.34"])(
    "lets %s through",
    (address) => {
      expect(guard.permits("host", address)).toBe(true);
    },
  );

  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.255.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.19.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "64:ff9b::7f00:1",
    "no address",
  ])("keeps from %s", (address) => {
    expect(guard.permits("host", address)).toBe(false);
  });

  it.each([
    ["mirror.local", true],
    ["MIRROR.local", true],
    ["other.local", false],
  ])("lets a named host through whatever it stands for: %s %s", (host, expected) => {
    expect(createRemoteGuard(["mirror.local"]).permits(host, "10.0.0.1")).toBe(expected);
  });

  it("lets an address and a network through", () => {
    const some = createRemoteGuard(["10.20.0.0/16", "127.0.0.1", "fd00::/8", "10.9.0.0/99", "a/b"]);
    const permits = (address: string) => some.permits("host", address);
    expect(["10.20.3.4", "127.0.0.1", "fd12::1"].map(permits)).toEqual([true, true, true]);
    expect(["10.21.0.1", "127.0.0.2", "10.9.0.1"].map(permits)).toEqual([false, false, false]);
  });
});
