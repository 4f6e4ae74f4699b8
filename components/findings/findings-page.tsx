import { SeverityIcon } from "@/components/primitives/severity-mark";
import type { FindingKind } from "@/server/contract/finding-kind";
import "./findings.css";

const SCOPES = {
  Service: "on a service",
  Claim: "on a claim",
  Both: "on a claim and on the services it serves",
} as const satisfies Record<FindingKind["scope"], string>;

const SEVERITIES = [
  ["error", "it does not work, or will not after the next restart"],
  ["warning", "it works, but not as it looks"],
  ["info", "worth knowing, nothing to do"],
  ["unknown", "cannot be told with the present permissions"],
] as const;

/** What every code of a finding stands for; each has its own anchor. */
export function FindingsPage({ kinds }: Readonly<{ kinds: readonly FindingKind[] }>) {
  return (
    <>
      <div className="page-head">
        <div>
          <h1>What findings mean</h1>
          <p>
            Each finding has a code that keeps its meaning. What may not be listed is unknown, and
            never reported as missing.
          </p>
        </div>
      </div>
      <div className="kinds-layout">
        <nav className="card kinds-index" aria-label="Codes">
          {SEVERITIES.map(([severity, meaning]) => (
            <section key={severity} aria-labelledby={`kinds-${severity}`}>
              <h2 id={`kinds-${severity}`}>
                {severity}
                <span className="faint">{meaning}</span>
              </h2>
              <ul>
                {kinds
                  .filter((kind) => kind.severity === severity)
                  .map(({ code }) => (
                    <li key={code}>
                      <a href={`#${code}`}>{code}</a>
                    </li>
                  ))}
              </ul>
            </section>
          ))}
        </nav>
        <div className="kinds">
          {kinds.map((kind) => (
            <Kind key={kind.code} kind={kind} />
          ))}
        </div>
      </div>
    </>
  );
}

function Kind({ kind }: Readonly<{ kind: FindingKind }>) {
  const { code, title, severity, explanation, scope } = kind;
  return (
    <article id={code} className="card kind" aria-labelledby={`${code}-title`}>
      <SeverityIcon severity={severity} size={16} />
      <div>
        <h2 id={`${code}-title`}>{title}</h2>
        <p className="kind-meta faint">
          <a className="mono" href={`#${code}`}>
            {code}
          </a>
          <span>
            usually {severity}, {SCOPES[scope]}
          </span>
        </p>
        <p>{explanation}</p>
      </div>
    </article>
  );
}
