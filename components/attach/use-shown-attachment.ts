"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { serviceDetailOptions } from "@/components/query/details";
import { useAttachments } from "@/components/query/lists";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import type { AttachTarget } from "./attach-url";
import { isOpen } from "./attachment-words";

/**
 * Which request the panel follows: the one just stored, or, after a reload, the
 * open one for what the URL asks; until its end. None while something is chosen.
 */
export function useShownAttachment(service: ServiceView, target: AttachTarget | null) {
  const [followedId, setFollowedId] = useState<string | null>(null);
  const [choosing, setChoosing] = useState(false);
  const items = useKnownAttachments(service);
  const underWay = items.find((item) => isOpenRequestOf(item, service)) ?? null;
  const asked = choosing ? null : asFor(underWay, target);
  if (asked !== null && asked.id !== followedId) setFollowedId(asked.id);
  return {
    underWay,
    shown: asked ?? items.find(({ id }) => id === followedId) ?? null,
    show: (id: string) => {
      setFollowedId(id);
      setChoosing(false);
    },
    chooseAgain: () => {
      setFollowedId(null);
      setChoosing(true);
    },
  };
}

/** The stream may let go of what has ended; the detail keeps all that ever were. */
function useKnownAttachments(service: ServiceView): readonly Attachment[] {
  const streamed = useAttachments();
  const { data } = useQuery(serviceDetailOptions(service.namespace, service.name));
  return [...(streamed?.items ?? []), ...(data?.attachments ?? [])];
}

function isOpenRequestOf(attachment: Attachment, service: ServiceView): boolean {
  return (
    attachment.namespace === service.namespace &&
    attachment.name === service.name &&
    isOpen(attachment)
  );
}

/** The open request, when it is for what the URL asks. */
function asFor(underWay: Attachment | null, target: AttachTarget | null): Attachment | null {
  if (underWay === null || target === null) return null;
  const wanted = target.to === "detach" ? null : target.claim;
  return underWay.claimName === wanted ? underWay : null;
}
