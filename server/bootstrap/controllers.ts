import { gatherServiceFacts } from "@/server/cluster/gather-facts";
import type { ObjectIndex } from "@/server/cluster/object-index";
import type { Attachment } from "@/server/contract/attachment";
import type { ObjectKey, ServiceView } from "@/server/contract/service-view";
import { createAttachmentController } from "@/server/controllers/attachment/attachment-controller";
import { createAttachmentReconciler } from "@/server/controllers/attachment/attachment-reconciler";
import { createDownloadController } from "@/server/controllers/downloads/download-controller";
import {
  createFindingController,
  type FindingController,
} from "@/server/controllers/findings/finding-controller";
import { findingItem } from "@/server/controllers/findings/finding-items";
import { buildFindingMessage } from "@/server/controllers/findings/finding-message";
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
import type { OpenFindingStore } from "@/server/notification-ports";
import type { RowChanges } from "@/server/services/live-rows";
import type { AttachmentStore, HistoryMarks, TimelineStore } from "@/server/ports";
import type { Controller } from "@/server/runtime/controller";
import { startBuiltinOperator } from "./builtin-operator";
import type { LifeOptions } from "./cluster-life";
import type { OperatorInCharge } from "./operator";
import { gateWrites } from "./operator-gate";
import { createRoleSwitch } from "./role-switch";

type Deps = Pick<
  LifeOptions,
  "connection" | "config" | "clock" | "log" | "live" | "onRecording" | "onMessages"
> & {
  readonly clusterId: string;
  readonly findings: OpenFindingStore;
  readonly index: ObjectIndex;
  readonly operator: OperatorInCharge;
  readonly attachments: AttachmentStore;
  readonly timeline: TimelineStore;
  readonly marks: HistoryMarks;
  readonly announce: (attachment: Attachment) => void;
};

/** Everything that acts on one cluster. */
export type Controllers = {
  /** Takes on an attachment that a verb stored or changed. */
  accept(attachment: Attachment): void;
  /** Rows of services that came out different, or went. */
  seeServices(changes: RowChanges<ServiceView>): void;
  /** Who does the operator's work has changed: ends what that forbids and begins what it asks for. */
  onOperatorChange(): void;
  /** Whether every watch works, and until when what is known is true. */
  onWatchChange(connected: boolean, observedAt: string | null): void;
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
    onRecording: deps.onRecording,
    // Who shows the timeline reads it again.
    onRecorded: (services) => {
      for (const key of services) deps.live.hub.touch("inferenceservices", key);
    },
  });
  const findings = createFindings(deps, history, onError("findings"));
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
  const isBuiltin = () => operator.current().mode === "builtin";
  const roles = createRoleSwitch(
    {
      builtin: () => startOperator(deps, onError),
      // LLMKube is woken by us; the built-in operator sees the claims itself.
      none: () => startHeal(deps, onError),
    },
    (error) => log.error({ error }, "a controller did not end cleanly"),
  );
  return runTogether({
    accept(attachment) {
      tell(attachment);
      attachments.accept(attachment);
    },
    history,
    findings,
    others: [attachments, downloads, findings],
    playRole: (isOver) => roles.to(isOver ? null : isBuiltin() ? "builtin" : "none"),
  });
}

function runTogether(parts: {
  readonly accept: (attachment: Attachment) => void;
  readonly history: HistoryController;
  readonly findings: FindingController;
  readonly others: readonly Pick<Controller, "start" | "stop">[];
  readonly playRole: (isOver: boolean) => Promise<void>;
}): Controllers {
  const { history, others } = parts;
  let state: "new" | "started" | "stopped" = "new";
  return {
    accept: (attachment) => parts.accept(attachment),
    seeServices({ upserts, removals }) {
      for (const { row } of upserts) parts.findings.see(row, row.findings);
      for (const key of removals) parts.findings.see(toObjectKey(key), []);
    },
    onOperatorChange() {
      if (state === "started") void parts.playRole(false);
    },
    onWatchChange: (connected, observedAt) => history.setWatched(connected, observedAt),
    start() {
      state = "started";
      history.start();
      for (const controller of others) controller.start();
      void parts.playRole(false);
    },
    // The history ends last: what the others do until they end belongs to it.
    async stop() {
      const started = state === "started";
      state = "stopped";
      if (!started) return;
      await Promise.all([...others.map((controller) => controller.stop()), parts.playRole(true)]);
      await history.stop();
    },
  };
}

function toObjectKey(key: string): ObjectKey {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

function createFindings(
  { config, clock, clusterId, findings, onMessages }: Deps,
  history: HistoryController,
  onError: (error: unknown, key: string) => void,
): FindingController {
  const { webhook, publicUrl } = config;
  return createFindingController({
    store: findings,
    onError,
    messagesOf: (changes) =>
      webhook === null
        ? []
        : changes.map((change) =>
            buildFindingMessage(change, { clusterId, publicUrl }, clock.now()),
          ),
    onChange(changes) {
      history.record(changes.map(findingItem));
      onMessages();
    },
  });
}

type OnError = (controller: string) => (error: unknown, key: string) => void;

function startOperator(
  { index, connection, clock, config, operator, log }: Deps,
  onError: OnError,
): () => Promise<void> {
  return startBuiltinOperator({
    index,
    owned: connection.watchOwned((error, plural) =>
      log.warn({ error, plural }, "a watch failed and will be begun again"),
    ),
    store: gateWrites(connection.objects, () => operator.current().mode === "builtin"),
    replicas: replicaReader,
    files: localFileReader,
    clock,
    settings: config.operatorSettings,
    improvements: config.operatorImprovements,
    onError,
    onUnknownSource: (url, why) =>
      log.info(
        { source: redactSource(url), why },
        "a source could not be asked whether it changed",
      ),
  });
}

function startHeal({ index, connection, clock }: Deps, onError: OnError): () => Promise<void> {
  const heal = createHealController({
    index,
    requests: connection.reconcileRequests,
    clock,
    onError: onError("heal"),
  });
  heal.start();
  return () => heal.stop();
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
        builtinOperator: operator.current().mode === "builtin",
        alsoClaims,
      }),
    checks: preflightChecks,
    progress: planProgress,
    onChange,
  });
}
