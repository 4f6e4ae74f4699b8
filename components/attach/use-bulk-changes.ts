"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useAttachments, useClaimRow } from "@/components/query/lists";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import { isOpen } from "./attachment-words";
import { describeChanges, learn, toSeen, type Seen } from "./changes-while-open";

/** As `useChanges`, for several services: each sentence about one of them begins with its name. */
export function useBulkChanges(rows: readonly ServiceView[], claimName: string | null) {
  const view = useClaimRow(rows[0]?.namespace ?? "", claimName ?? "");
  const requests = useAttachments()?.items ?? [];
  const chosen = claimName === null ? null : { name: claimName, view };
  const now = rows.map((service, nth) =>
    toSeen({
      service,
      detail: undefined,
      underWay: openRequestOf(service, requests),
      chosen: nth === 0 ? chosen : null,
    }),
  );
  const [before, setBefore] = useState(now);
  const learnt = learnAll(before, now);
  if (learnt !== before) setBefore(learnt);
  const lines = now.flatMap((seen) => describeOne(learnt, seen));
  const queryClient = useQueryClient();
  const said = lines.join("\n");
  useEffect(() => {
    if (said !== "") void queryClient.invalidateQueries({ queryKey: ["checks"] });
  }, [said, queryClient]);
  return { lines, acknowledge: () => setBefore(now) };
}

function describeOne(before: readonly Seen[], now: Seen): string[] {
  const was = before.find(({ service }) => service === now.service);
  if (was === undefined) return [];
  return describeChanges(was, now).map((line) => `${now.service}: ${line}`);
}

/** The same reference when there was nothing to learn about any. */
function learnAll(before: readonly Seen[], now: readonly Seen[]): Seen[] {
  const learnt = before.map((was) => {
    const is = now.find(({ service }) => service === was.service);
    return is === undefined ? was : learn(was, is);
  });
  return learnt.every((seen, nth) => seen === before[nth]) ? (before as Seen[]) : learnt;
}

function openRequestOf(
  { namespace, name }: ServiceView,
  requests: readonly Attachment[],
): Attachment | null {
  const isOf = (request: Attachment) => request.namespace === namespace && request.name === name;
  return requests.find((request) => isOf(request) && isOpen(request)) ?? null;
}
