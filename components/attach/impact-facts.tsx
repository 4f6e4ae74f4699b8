import { formatBytes } from "@/components/format/bytes";
import { Unknown } from "@/components/primitives/unknown";
import type { Impact } from "@/server/contract/preflight";
import type { ReactNode } from "react";

type ImpactFactsProps = Readonly<{
  impact: Impact;
  /** Other services that use the claim; null: no claim is chosen, or it is not known. */
  coUsers: readonly string[] | null;
}>;

/** What the change costs, in numbers: bytes, interruption, who shares the claim, what stays behind. */
export function ImpactFacts({ impact, coUsers }: ImpactFactsProps) {
  return (
    <dl className="impact-facts">
      <Row label="Downloads">{describeDownload(impact)}</Row>
      <Row label="Interruption">{describeInterruption(impact)}</Row>
      {coUsers === null ? null : (
        <Row label="Shared with">
          {coUsers.length === 0 ? "no other service" : coUsers.join(", ")}
        </Row>
      )}
      <Row label="Stays behind">{describeLeft(impact)}</Row>
      <AlsoAffected
        affected={impact.affected.filter(({ name }) => !(coUsers ?? []).includes(name))}
      />
    </dl>
  );
}

function Row({ label, children }: Readonly<{ label: string; children: ReactNode }>) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="num">{children}</dd>
    </>
  );
}

/** Whom the change reaches besides those that share the claim. */
function AlsoAffected({ affected }: Pick<Impact, "affected">) {
  if (affected.length === 0) return null;
  return (
    <Row label="Also affected">
      {affected.map(({ kind, name, message }) => (
        <span key={`${kind}/${name}`} className="impact-line">
          <span className="mono">{name}</span>: {message}
        </span>
      ))}
    </Row>
  );
}

function describeDownload({ bytesToDownload, alreadyHeld, heldBecause }: Impact): ReactNode {
  if (bytesToDownload === 0) {
    if (alreadyHeld !== true) return "nothing";
    return `nothing, the claim holds the model${heldBecause === null ? "" : `: ${heldBecause}`}`;
  }
  if (bytesToDownload !== null) return formatBytes(bytesToDownload);
  return alreadyHeld === null ? (
    <Unknown why="Nothing has looked whether the claim holds the model." />
  ) : (
    <Unknown why="The size of the model is not known." />
  );
}

function describeInterruption({ interruptsService, strategy }: Impact): ReactNode {
  if (interruptsService === null) return <Unknown why="How the pods are replaced is not known." />;
  if (interruptsService) return "yes, the old pods end before the new ones start";
  return strategy === null ? "none, no pod restarts" : "none, pods are replaced one by one";
}

function describeLeft({ bytesLeftBehind, fromClaim }: Impact): ReactNode {
  if (fromClaim === null || bytesLeftBehind === 0) return "nothing";
  if (bytesLeftBehind !== null) return `${formatBytes(bytesLeftBehind)} on ${fromClaim}`;
  return (
    <>
      <Unknown why="No ready pod of this service vouches for what is there." /> on {fromClaim}
    </>
  );
}
