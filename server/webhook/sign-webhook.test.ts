import { expect, it } from "vitest";

import { signWebhook } from "./sign-webhook";

// The example of the Standard Webhooks specification and its reference libraries.
const PAYLOAD = '{"test": 2432232314}';
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const NOW = new Date(1_614_265_330_000);

it("signs as the specification's own example says", () => {
  expect(signWebhook({ id: ID, payload: PAYLOAD }, { secret: SECRET, now: NOW })).toEqual({
    "webhook-id": ID,
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

it("gives another signature for another body, time, id or secret", () => {
  const sign = (message: object, how: object) =>
    signWebhook({ id: ID, payload: PAYLOAD, ...message }, { secret: SECRET, now: NOW, ...how })[
      "webhook-signature"
    ];
  const all = [
    sign({}, {}),
    sign({ payload: '{"test": 2432232315}' }, {}),
    sign({ id: "another" }, {}),
    sign({}, { now: new Date(1_614_265_331_000) }),
    sign({}, { secret: "a secret of plain text" }),
  ];
  expect(new Set(all).size).toBe(all.length);
});
