"use client";

import { Drawer } from "@mantine/core";
import { IconX } from "@tabler/icons-react";

import type { ServiceView } from "@/server/contract/service-view";
import "./attach.css";
import { useAttachUrl } from "./attach-url";
import { ChangeForm } from "./change-form";
import { Stepper } from "./stepper";
import { useShownAttachment } from "./use-shown-attachment";

type AttachPanelProps = Readonly<{ service: ServiceView }>;

/** Choose a claim, see what would happen, apply, and watch it take effect; or take the claim away the same way. */
export function AttachPanel({ service }: AttachPanelProps) {
  const { target, close } = useAttachUrl();
  const { shown, underWay, show, chooseAgain } = useShownAttachment(service, target);
  if (target === null) return null;
  const detach = target.to === "detach";
  return (
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size={detach || shown !== null ? 560 : 880}
      padding={0}
      transitionProps={{ duration: 140 }}
      classNames={{ content: "attach", body: "attach-body" }}
    >
      <Drawer.Overlay backgroundOpacity={0.28} />
      <Drawer.Content>
        <Drawer.Body>
          <div className="attach-head">
            <Drawer.Title>
              {detach ? "Detach the claim of " : "Attach a claim to "}
              {service.name}
            </Drawer.Title>
            <span className="faint attach-esc" aria-hidden>
              Esc closes
            </span>
            <button type="button" className="attach-close" onClick={close} aria-label="Close">
              <IconX size={16} stroke={1.7} aria-hidden />
            </button>
          </div>
          {shown === null ? (
            <ChangeForm
              key={target.to}
              service={service}
              target={target}
              underWay={underWay}
              onShow={show}
            />
          ) : (
            <Stepper attachment={shown} service={service} onAgain={chooseAgain} />
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
