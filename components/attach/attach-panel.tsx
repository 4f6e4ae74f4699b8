"use client";

import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";

import { serviceDetailOptions } from "@/components/query/details";
import { useAttachments } from "@/components/query/lists";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import "./attach.css";
import { useAttachUrl, type AttachTarget } from "./attach-url";
import { isOpen } from "./attachment-words";
import { ChangeForm } from "./change-form";
import { Stepper } from "./stepper";

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

/**
 * Which request the panel follows: the one just stored, or, after a reload, the
 * open one for what the URL asks. None while something is chosen.
 */
function useShownAttachment(service: ServiceView, target: AttachTarget | null) {
  const [askedId, setAskedId] = useState<string | null>(null);
  const [choosing, setChoosing] = useState(false);
  const streamed = useAttachments()?.items ?? [];
  // The stream may let go of what has ended; the detail keeps all that ever were.
  const { data: detail } = useQuery(serviceDetailOptions(service.namespace, service.name));
  const items = [...streamed, ...(detail?.attachments ?? [])];
  const underWay = items.find((item) => isOpenRequestOf(item, service)) ?? null;
  const resumed = target !== null && !choosing && underWay !== null && asksFor(underWay, target);
  // Followed from here on, also when it has ended.
  if (resumed && askedId !== underWay.id) setAskedId(underWay.id);
  const asked = items.find(({ id }) => id === askedId) ?? null;
  return {
    underWay,
    shown: resumed ? underWay : asked,
    show: (id: string) => {
      setAskedId(id);
      setChoosing(false);
    },
    chooseAgain: () => {
      setAskedId(null);
      setChoosing(true);
    },
  };
}

function isOpenRequestOf(attachment: Attachment, service: ServiceView): boolean {
  return (
    attachment.namespace === service.namespace &&
    attachment.name === service.name &&
    isOpen(attachment)
  );
}

/** After a reload, the panel of a request that is under way shows how far it is. */
function asksFor(attachment: Attachment, target: AttachTarget): boolean {
  return target.to === "detach"
    ? attachment.claimName === null
    : attachment.claimName === target.claim;
}
