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
  const { data, error, refetch } = useQuery(serviceDetailOptions(namespace, name));
  const service = row ?? data;
  if (row === null && (data !== undefined || isNotFound(error))) return { is: "gone" };
  if (service !== undefined) {
    return { is: "here", service, detail: data ?? null, detailError: error };
  }
  return error === null ? { is: "loading" } : { is: "failed", error, retry: () => void refetch() };
}

function isNotFound(error: Error | null): boolean {
  return error instanceof ProblemError && error.problem.status === 404;
}
