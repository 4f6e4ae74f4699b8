import { expect, it } from "vitest";

import { anAttachment } from "@/server/testing/builders";
import { createLiveHub } from "./live-hub";

it("keeps the newest two attachments of a service, so that a stream never grows with history", () => {
  const { hub, announceAttachment } = bound();
  for (const id of ["01A", "01B", "01C"]) announceAttachment(anAttachment({ id }));
  announceAttachment(anAttachment({ id: "01A", state: "Superseded" }));

  expect(["01A", "01B", "01C"].filter((id) => hub.get("attachments", id))).toEqual(["01B", "01C"]);
});

it("forgets every row of a cluster that is gone, and ends its streams", async () => {
  const live = createLiveHub();
  live.announceAttachment(anAttachment({ id: "01A" }));
  const subscription = live.hub.subscribe({ topics: ["attachments"] });
  live.reset();

  expect(await subscription.next()).toBeNull();
  expect(live.hub.get("attachments", "01A")).toBeUndefined();
});

function bound() {
  const live = createLiveHub();
  return { hub: live.hub, announceAttachment: live.announceAttachment.bind(live) };
}
