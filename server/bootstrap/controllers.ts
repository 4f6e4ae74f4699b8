import { gatherServiceFacts } from "@/server/cluster/gather-facts";
import type { ObjectIndex } from "@/server/cluster/object-index";
import type { Attachment } from "@/server/contract/attachment";
import { createAttachmentController } from "@/server/controllers/attachment/attachment-controller";
import { createAttachmentReconciler } from "@/server/controllers/attachment/attachment-reconciler";
import { createDownloadController } from "@/server/controllers/downloads/download-controller";
import { createHealController } from "@/server/controllers/heal/heal-controller";
import { createHistoryController } from "@/server/controllers/history/history-controller";
import { planProgress } from "@/server/domain/attachment-plan";
import { preflightChecks } from "@/server/domain/preflight/build-checks";
import type { AttachmentStore, HistoryMarks, TimelineStore } from "@/server/ports";
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

type Stoppable = { stop(): Promise<void> };

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
    objects: connection.objects,
    clock,
    onError: onError("heal"),
  });
  const running: Stoppable[] = [];
  return {
    accept(attachment) {
      tell(attachment);
      attachments.accept(attachment);
    },
    start() {
      const started =
        operator.mode === "builtin" ? [attachments, downloads] : [attachments, downloads, heal];
      history.start();
      for (const controller of started) controller.start();
      running.push(...started, history);
      if (operator.mode === "builtin") running.push({ stop: startOperator(deps, onError) });
    },
    // The history last but for nothing: what the others do until they end belongs to it.
    async stop() {
      const others = running.filter((controller) => controller !== history);
      await Promise.all(others.map((controller) => controller.stop()));
      if (running.includes(history)) await history.stop();
    },
  };
}

function startOperator(
  { index, connection, clock, config, operator }: Deps,
  onError: (controller: string) => (error: unknown, key: string) => void,
): () => Promise<void> {
  return startBuiltinOperator({
    index,
    store: connection.objects,
    clock,
    settings: operator.settings,
    strict: config.operatorStrict,
    onError,
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
