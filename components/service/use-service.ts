"use client";

import { useQuery } from "@tanstack/react-query";

import { ProblemError } from "@/components/query/api-client";
import { serviceDetailOptions } from "@/components/query/details";
import { useServiceRow } from "@/components/query/lists";
import type { ServiceDetail, ServiceView } from "@/server/contract/service-view";

export type ServiceState =
  | { readonly is: "loading" }
  | { readonly is: "gone" }
  | { readonly is: "failed"; readonly error: Error; readonly retry: () => void }
  | {
      readonly is: "here";
      readonly service: ServiceView;
      /** null while it is read for the first time, or when it cannot be. */
      readonly detail: ServiceDetail | null;
      readonly detailError: Error | null;
    };

/** One service: its row as the stream has it, and its detail as last read. */
export function useService(namespace: string, name: string): ServiceState {
  const row = useServiceRow(namespace, name);
  const detail = useQuery(serviceDetailOptions(namespace, name));
  const missing = detail.error instanceof ProblemError && detail.error.problem.status === 404;
  if (row === null && (missing || detail.data !== undefined)) return { is: "gone" };
  const service = row ?? detail.data;
  if (service === undefined) {
    if (missing && row === null) return { is: "gone" };
    if (detail.error) {
      return { is: "failed", error: detail.error, retry: () => void detail.refetch() };
    }
    return { is: "loading" };
  }
  return { is: "here", service, detail: detail.data ?? null, detailError: detail.error };
}
