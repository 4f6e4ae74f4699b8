import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import type { Finding } from "@/server/contract/finding";
import { FindingCard, type Nudge } from "./finding-card";

const finding: Finding = {
  code: "NotHealed",
  severity: "error",
  message: "Claim exists by now.",
  nextStep: "Nudge the service.",
  since: null,
  evidence: [],
  actions: [{ type: "RequestReconcile", label: "Nudge the service" }],
};

function show(nudge?: Partial<Nudge>) {
  let presses = 0;
  const whole: Nudge = { onPress: () => (presses += 1), state: "idle", problem: null, ...nudge };
  render(
    <MantineProvider>
      <FindingCard finding={finding} handlers={nudge === undefined ? {} : { nudge: whole }} />
    </MantineProvider>,
  );
  return { presses: () => presses };
}
const button = () => screen.getByRole("button", { name: "Nudge the service" });

describe("the nudge on a finding's card", () => {
  it("is sent by one press", () => {
    const { presses } = show({});
    fireEvent.click(button());

    expect(presses()).toBe(1);
  });

  it.each(["sending", "sent"] as const)("cannot be pressed again once %s", (state) => {
    show({ state });

    expect(button().hasAttribute("data-disabled") || button().hasAttribute("disabled")).toBe(true);
  });

  it("says that it was sent", () => {
    show({ state: "sent" });

    expect(screen.getByRole("status").textContent).toContain("LLMKube looks at the service now");
  });

  it("says why it did not go through, and can be tried again", () => {
    show({ problem: "LLMKube was asked already" });

    expect(screen.getByRole("alert").textContent).toBe("LLMKube was asked already");
    expect(button().hasAttribute("disabled")).toBe(false);
  });

  it("is not there where nobody can send it", () => {
    show();

    expect(screen.queryByRole("button", { name: "Nudge the service" })).toBeNull();
  });
});

describe("a finding's card", () => {
  it("leads from its code to what the code means", () => {
    show();

    expect(
      screen.getByRole("link", { name: "NotHealed: what is this?" }).getAttribute("href"),
    ).toBe("/findings#NotHealed");
  });
});
