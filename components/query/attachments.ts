"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import {
  attachmentSchema,
  type Attachment,
  type CreateAttachment,
} from "@/server/contract/attachment";
import { postJson, ProblemError, servicePath } from "./api-client";
import { liveListOptions, topicKeys } from "./lists";
import { applyChange } from "./live-list";

type Target = Readonly<{ namespace: string; name: string }>;

/** Stores an attach request; the answer is in the live list before the stream repeats it. */
export function useCreateAttachment({ namespace, name }: Target) {
  const keep = useKeepAttachment();
  return useMutation({
    mutationFn: (request: CreateAttachment & { idempotencyKey: string }) => {
      const { idempotencyKey, ...body } = request;
      return postJson(attachmentSchema, `${servicePath(namespace, name)}/attachments`, {
        body,
        idempotencyKey,
      });
    },
    onSuccess: keep,
  });
}

type BulkRequest = CreateAttachment & { readonly name: string; readonly idempotencyKey: string };

/** What became of each of several requests, in their order. */
export type BulkOutcome = Readonly<{ name: string; id: string | null; problem: string | null }>;

/** Stores one request after the other; one that fails does not keep the others from being stored. */
export function useCreateAttachments(namespace: string) {
  const keep = useKeepAttachment();
  return useMutation({
    mutationFn: async (requests: readonly BulkRequest[]) => {
      const outcomes: BulkOutcome[] = [];
      for (const { name, idempotencyKey, ...body } of requests) {
        const path = `${servicePath(namespace, name)}/attachments`;
        try {
          const stored = await postJson(attachmentSchema, path, { body, idempotencyKey });
          keep(stored);
          outcomes.push({ name, id: stored.id, problem: null });
        } catch (error) {
          outcomes.push({ name, id: null, problem: describe(error) });
        }
      }
      return outcomes;
    },
  });
}

function describe(error: unknown): string {
  return error instanceof ProblemError
    ? error.message
    : "Mooring's server did not answer. Nothing was stored for it.";
}

/** Takes an attachment back of which nothing has been written yet. */
export function useCancelAttachment() {
  const keep = useKeepAttachment();
  return useMutation({
    mutationFn: (id: string) =>
      postJson(attachmentSchema, `/api/v1/attachments/${encodeURIComponent(id)}/cancel`, {
        body: {},
      }),
    onSuccess: keep,
  });
}

function useKeepAttachment() {
  const queryClient = useQueryClient();
  return (attachment: Attachment) => {
    const { queryKey } = liveListOptions("attachments");
    queryClient.setQueryData(queryKey, (list) => {
      const known = list?.items.find((item) => item.id === attachment.id);
      // The stream may have been faster than the answer.
      if (known !== undefined && known.updatedAt > attachment.updatedAt) return list;
      return applyChange(
        list ?? { items: [], complete: false, incoming: null, version: "" },
        { upserts: [attachment], removals: [], version: list?.version ?? "" },
        topicKeys.attachments,
      );
    });
  };
}
