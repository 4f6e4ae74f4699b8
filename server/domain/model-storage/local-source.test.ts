import { describe, expect, it } from "vitest";

import { isAllowedPath } from "./local-source";

describe("isAllowedPath", () => {
  it.each<[string, readonly string[], boolean]>([
    ["/srv/models/x.gguf", ["/srv/models"], true],
    ["/srv/models/x.gguf", ["/srv/models/"], true],
    ["/srv/models", ["/srv/models"], true],
    ["/srv/models-other/x", ["/srv/models"], false],
    ["/srv/models/../secret", ["/srv/models"], false],
    ["/srv/./models//x", ["/srv/models"], true],
    ["relative/x", ["/"], false],
    ["/anything", ["/"], true],
    ["/srv/x", [], false],
    ["/srv/x", [""], false],
  ])("%s in %j → %s", (path, roots, allowed) => {
    expect(isAllowedPath(path, roots)).toBe(allowed);
  });
});
