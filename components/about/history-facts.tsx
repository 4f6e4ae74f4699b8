"use client";

import { Age } from "@/components/primitives/age";
import { Fact } from "@/components/primitives/fact";
import type { Cluster } from "@/server/contract/cluster";

/** Whether what happens is stored, and what became of the messages about it. */
export function HistoryFacts({
  history,
  notifications,
}: Pick<Cluster, "history" | "notifications">) {
  return (
    <section className="card facts" aria-labelledby="history-facts">
      <h2 id="history-facts">History and webhook</h2>
      <dl>
        <Fact label="History">
          <Recording history={history} />
        </Fact>
        <Fact label="Webhook">
          {notifications.target === null ? (
            "not configured"
          ) : (
            <span className="mono">{notifications.target}</span>
          )}
        </Fact>
        {notifications.target === null ? null : <Messages notifications={notifications} />}
      </dl>
    </section>
  );
}

function Recording({ history }: Pick<Cluster, "history">) {
  if (history.recording === null) return <span className="faint">nothing was stored yet</span>;
  if (history.recording) return <>is being recorded</>;
  return (
    <span className="tone-warning">
      not recorded
      {history.notRecordingSince === null ? null : (
        <>
          {" "}
          for <Age at={history.notRecordingSince} />
        </>
      )}
      . {history.problem}
    </span>
  );
}

function Messages({ notifications }: Pick<Cluster, "notifications">) {
  const { pending, delivered, givenUp, lastDeliveredAt, lastError } = notifications;
  return (
    <>
      <Fact label="Delivered">
        {delivered ?? "not known"}
        {lastDeliveredAt === null ? null : (
          <>
            , the last <Age at={lastDeliveredAt} suffix=" ago" />
          </>
        )}
      </Fact>
      <Fact label="Waiting">
        {pending ?? "not known"}
        {lastError === null ? null : <span className="tone-warning"> · {lastError}</span>}
      </Fact>
      <Fact label="Given up">
        {givenUp !== null && givenUp > 0 ? (
          <span className="tone-warning">{givenUp}</span>
        ) : (
          (givenUp ?? "not known")
        )}
      </Fact>
    </>
  );
}
