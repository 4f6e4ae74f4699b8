"use client";

import { useMutation } from "@tanstack/react-query";

import { reconcileRequestSchema } from "@/server/contract/reconcile-request";
import { postJson, servicePath } from "./api-client";

type Target = Readonly<{ namespace: string; name: string }>;

/** Asks LLMKube to look at the service again; what it does then comes by the stream. */
export function useRequestReconcile({ namespace, name }: Target) {
  return useMutation({
    mutationFn: () =>
      postJson(reconcileRequestSchema, `${servicePath(namespace, name)}/reconcile-requests`, {
        body: {},
      }),
  });
}
