"use client";

import { Drawer } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { serviceDetailOptions } from "@/components/query/details";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import "./attach.css";
import { toChange, useAttachUrl, type AttachTarget } from "./attach-url";
import { ChangeForm } from "./change-form";
import { RepositoryWatch } from "./repository-watch";
import { revertComment } from "./revert-comment";
import { Stepper } from "./stepper";
import { useReturnFocus } from "./use-return-focus";
import { useShownAttachment } from "./use-shown-attachment";

type AttachPanelProps = Readonly<{ service: ServiceView }>;

/** Choose a claim, see what would happen, apply, and watch it take effect; or take the claim away the same way. */
export function AttachPanel({ service }: AttachPanelProps) {
  const { target, close } = useAttachUrl();
  const { shown, underWay, show, chooseAgain } = useShownAttachment(service, target);
  useReturnFocus();
  if (target === null) return null;
  const wide = target.to === "attach" && shown === null && !target.watching;
  return (
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size={wide ? 880 : 560}
      padding={0}
      transitionProps={{ duration: 140 }}
      classNames={{ content: "attach", body: "attach-body" }}
      returnFocus={false}
    >
      <Drawer.Overlay backgroundOpacity={0.28} />
      <Drawer.Content>
        <Drawer.Body>
          <PanelHead title={toTitle(service, target)} onClose={close} />
          <PanelBody
            service={service}
            target={target}
            shown={shown}
            underWay={underWay}
            onShow={show}
            onAgain={chooseAgain}
          />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

/** What the panel is about, and the two ways out of it. */
export function PanelHead({ title, onClose }: Readonly<{ title: string; onClose: () => void }>) {
  return (
    <div className="attach-head">
      <Drawer.Title title={title}>{title}</Drawer.Title>
      <span className="faint attach-esc" aria-hidden>
        Esc closes
      </span>
      <button type="button" className="attach-close" onClick={onClose} aria-label="Close">
        <IconX size={16} stroke={1.7} aria-hidden />
      </button>
    </div>
  );
}

type PanelBodyProps = Readonly<{
  service: ServiceView;
  target: AttachTarget;
  shown: Attachment | null;
  underWay: Attachment | null;
  onShow: (id: string) => void;
  onAgain: () => void;
}>;

function PanelBody({ service, target, shown, underWay, onShow, onAgain }: PanelBodyProps) {
  const { data: detail } = useQuery(serviceDetailOptions(service.namespace, service.name));
  if (shown !== null) return <Stepper attachment={shown} service={service} onAgain={onAgain} />;
  if (target.watching) return <RepositoryWatch service={service} target={target} />;
  const reverted = detail?.attachments.find(({ id }) => id === target.revert);
  return (
    <ChangeForm
      key={target.to}
      service={service}
      target={target}
      underWay={underWay}
      comment={reverted === undefined ? "" : revertComment(reverted, toChange(target).claimName)}
      onShow={onShow}
    />
  );
}

function toTitle({ name }: ServiceView, target: AttachTarget): string {
  const claim = target.to === "detach" ? null : target.claim;
  if (target.revert !== null) return `Revert ${name} to ${claim ?? "no claim"}`;
  return claim === null ? `Detach the claim of ${name}` : `Attach a claim to ${name}`;
}
