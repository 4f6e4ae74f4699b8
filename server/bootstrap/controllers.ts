import { gatherServiceFacts } from "@/server/cluster/gather-facts";
import type { ObjectIndex } from "@/server/cluster/object-index";
import type { Attachment } from "@/server/contract/attachment";
import { createAttachmentController } from "@/server/controllers/attachment/attachment-controller";
import { createAttachmentReconciler } from "@/server/controllers/attachment/attachment-reconciler";
import { createDownloadController } from "@/server/controllers/downloads/download-controller";
import { createHealController } from "@/server/controllers/heal/heal-controller";
import {
  createHistoryController,
  type HistoryController,
} from "@/server/controllers/history/history-controller";
import { replicaReader } from "@/server/kube/replica-reader";
import { redactSource } from "@/server/domain/source";
import { localFileReader } from "@/server/sources/local-file-reader";
import { planProgress } from "@/server/domain/attachment-plan";
import { preflightChecks } from "@/server/domain/preflight/build-checks";
import type { AttachmentStore, HistoryMarks, TimelineStore } from "@/server/ports";
import type { Controller } from "@/server/runtime/controller";
import { startBuiltinOperator } from "./builtin-operator";
import type { LifeOptions } from "./cluster-life";
import type { ChosenOperator } from "./operator";

type Deps = Pick<LifeOptions, "connection" | "config" | "clock" | "log"> & {
  readonly index: ObjectIndex;
  readonly operator: ChosenOperator;
  readonly attachments: AttachmentStore;
  readonly timeline: TimelineStore;
  readonly marks: HistoryMarks;
  readonly announce: (attachment: Attachment) => void;
};

/** Everything that acts on one cluster. */
export type Controllers = {
  /** Takes on an attachment that a verb stored or changed. */
  accept(attachment: Attachment): void;
  /** To be called once the index holds the whole cluster. */
  start(): void;
  stop(): Promise<void>;
};

/** Builds every controller; none acts before `start`. */
export function buildControllers(deps: Deps): Controllers {
  const { index, connection, clock, log, operator } = deps;
  const onError = (controller: string) => (error: unknown, key: string) =>
    log.warn({ controller, key, error }, "a reconcile failed and will be tried again");
  const history = createHistoryController({
    index,
    timeline: deps.timeline,
    marks: deps.marks,
    clock,
    onError: onError("history"),
  });
  const tell = (attachment: Attachment) => {
    deps.announce(attachment);
    history.recordAttachment(attachment);
  };
  const attachments = createAttachmentController({
    store: deps.attachments,
    subscribe: (listener) => index.subscribe(listener),
    onError: onError("attachment"),
    reconcile: attachmentReconciler(deps, tell),
  });
  const downloads = createDownloadController({
    index,
    logs: connection.logs,
    onError: onError("downloads"),
  });
  const heal = createHealController({
    index,
    requests: connection.reconcileRequests,
    clock,
    onError: onError("heal"),
  });
  // LLMKube is woken by us; the built-in operator sees the claims itself.
  const others =
    operator.mode === "builtin" ? [attachments, downloads] : [attachments, downloads, heal];
  return runTogether({
    accept(attachment) {
      tell(attachment);
      attachments.accept(attachment);
    },
    history,
    others,
    startOperator: () => (operator.mode === "builtin" ? startOperator(deps, onError) : null),
  });
}

function runTogether(parts: {
  readonly accept: (attachment: Attachment) => void;
  readonly history: HistoryController;
  readonly others: readonly Controller[];
  readonly startOperator: () => (() => Promise<void>) | null;
}): Controllers {
  const { history, others } = parts;
  let stopOperator: (() => Promise<void>) | null = null;
  let started = false;
  return {
    accept: (attachment) => parts.accept(attachment),
    start() {
      started = true;
      history.start();
      for (const controller of others) controller.start();
      stopOperator = parts.startOperator();
    },
    // The history ends last: what the others do until they end belongs to it.
    async stop() {
      if (!started) return;
      await Promise.all([...others.map((controller) => controller.stop()), stopOperator?.()]);
      await history.stop();
    },
  };
}

function startOperator(
  { index, connection, clock, config, operator, log }: Deps,
  onError: (controller: string) => (error: unknown, key: string) => void,
): () => Promise<void> {
  return startBuiltinOperator({
    index,
    owned: connection.watchOwned((error, plural) =>
      log.warn({ error, plural }, "a watch failed and will be begun again"),
    ),
    store: connection.objects,
    replicas: replicaReader,
    files: localFileReader,
    clock,
    settings: operator.settings,
    improvements: config.operatorImprovements,
    onError,
    onUnknownSource: (url, why) =>
      log.info(
        { source: redactSource(url), why },
        "a source could not be asked whether it changed",
      ),
  });
}

function attachmentReconciler(
  { index, connection, clock, attachments, operator }: Deps,
  onChange: (attachment: Attachment) => void,
) {
  return createAttachmentReconciler({
    store: attachments,
    writer: connection.claimField,
    reviewer: connection.access,
    facts: ({ namespace, name }, alsoClaims) =>
      gatherServiceFacts(index, `${namespace}/${name}`, {
        now: clock.now().toISOString(),
        settings: index.settings(),
        builtinOperator: operator.mode === "builtin",
        alsoClaims,
      }),
    checks: preflightChecks,
    progress: planProgress,
    onChange,
  });
}
