"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { serviceDetailOptions } from "@/components/query/details";
import { useClaimRow } from "@/components/query/lists";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import { describeChanges, learn, toSeen } from "./changes-while-open";

type Open = Readonly<{
  service: ServiceView;
  underWay: Attachment | null;
  /** The claim that is chosen; null: none, or the claim is to be removed. */
  claimName: string | null;
}>;

/** What changed under an open panel since it was opened or last acknowledged; each change has the checks done again. */
export function useChanges({ service, underWay, claimName }: Open) {
  const { namespace, name } = service;
  const { data: detail } = useQuery(serviceDetailOptions(namespace, name));
  const view = useClaimRow(namespace, claimName ?? "");
  const chosen = claimName === null ? null : { name: claimName, view };
  const now = toSeen({ service, detail, underWay, chosen });
  const [before, setBefore] = useState(now);
  const learnt = learn(before, now);
  if (learnt !== before) setBefore(learnt);
  const [refusal, setRefusal] = useState<string | null>(null);
  const seen = describeChanges(learnt, now);
  const lines = refusal === null ? seen : [...seen, refusal];
  const redo = useRedoChecks(`${namespace}/${name}`);
  const said = lines.join("\n");
  useEffect(() => {
    if (said !== "") redo();
    // Only what is said decides: `redo` is a new function at each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see the line above
  }, [said]);
  return {
    lines,
    /** The server refused a request for what it found: it is told like a change that was seen. */
    refuse: setRefusal,
    acknowledge: () => {
      setBefore(now);
      setRefusal(null);
    },
  };
}

/** Has every check of a service done again. */
function useRedoChecks(key: string): () => void {
  const queryClient = useQueryClient();
  return () => void queryClient.invalidateQueries({ queryKey: ["checks", key] });
}
