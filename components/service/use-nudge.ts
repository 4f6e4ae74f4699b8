"use client";

import type { Nudge } from "@/components/primitives/finding-card";
import { ProblemError } from "@/components/query/api-client";
import { useRequestReconcile } from "@/components/query/reconcile-requests";

/** The nudge of one service, for its finding card. */
export function useNudge(namespace: string, name: string): Nudge {
  const request = useRequestReconcile({ namespace, name });
  return {
    onPress: () => request.mutate(),
    state: request.isPending ? "sending" : request.isSuccess ? "sent" : "idle",
    problem: request.error === null ? null : describe(request.error),
  };
}

function describe(error: Error): string {
  return error instanceof ProblemError
    ? error.message
    : "Mooring's server did not answer. Whether the service was nudged is not known; try again.";
}
