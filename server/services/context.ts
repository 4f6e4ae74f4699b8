import type { ClusterState } from "./get-cluster";
import type { RowCache } from "./row-cache";
import type { Attachment } from "@/server/contract/attachment";
import type { Readiness } from "@/server/contract/cluster";
import type { Topic, TopicItem } from "@/server/contract/stream";
import type { ObjectIndex } from "@/server/cluster/object-index";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import type {
  AccessReviewer,
  Actor,
  AttachmentStore,
  ClaimFieldWriter,
  Clock,
  LogReader,
  ReconcileRequester,
  TimelineStore,
} from "@/server/ports";
import type { StreamHub } from "@/server/runtime/stream-hub";

/** What the stream hub holds. */
export type LiveRowsByTopic = { readonly [T in Topic]: TopicItem<T> };

/** How the cluster's operator behaves, for every rule. */
export type OperatorFacts = {
  readonly settings: OperatorSettings;
  readonly builtinOperator: boolean;
};

/** What every use case may touch: who asks, and the ports of the cluster being looked at. */
export type ServiceContext = {
  readonly actor: Actor;
  readonly clock: Clock;
  readonly index: ObjectIndex;
  readonly rows: RowCache;
  readonly hub: StreamHub<LiveRowsByTopic>;
  readonly attachments: AttachmentStore;
  readonly timeline: TimelineStore;
  readonly claimField: ClaimFieldWriter;
  readonly reconcileRequests: ReconcileRequester;
  readonly access: AccessReviewer;
  readonly logs: LogReader;
  /** Tells the attachment reconciler to look at it. */
  readonly acceptAttachment: (attachment: Attachment) => void;
  readonly operator: () => OperatorFacts;
  /** How old what we show is. */
  readonly freshness: () => { observedAt: string | null; stale: boolean };
  readonly clusterState: () => ClusterState;
  readonly metrics: () => Promise<{ contentType: string; text: string }>;
  readonly readiness: () => Promise<Readiness>;
};
