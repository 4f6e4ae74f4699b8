import { Fact } from "@/components/primitives/fact";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import { Unknown } from "@/components/primitives/unknown";
import type { Cluster } from "@/server/contract/cluster";

type Operator = Cluster["operator"];

const SOURCE_WORDS = {
  found: "from its Deployment",
  default: "default",
  configured: "configured",
  unknown: "",
} as const satisfies Record<Operator["settings"][number]["source"], string>;

/** Who does the operator's work, why not Mooring where it was asked to, which LLMKube operators there are, and the settings in effect. */
export function OperatorFacts({ operator }: Readonly<{ operator: Operator }>) {
  return (
    <section className="card facts" aria-labelledby="operator-facts">
      <h2 id="operator-facts">Operator</h2>
      <dl>
        <Fact label="Mode">
          <Mode operator={operator} />
        </Fact>
        <Fact label="LLMKube">
          <Found operator={operator} />
        </Fact>
        {operator.settings.map((setting) => (
          <Fact key={setting.flag} label={setting.flag.replace(/^--/, "")}>
            <Setting setting={setting} />
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Mode({ operator: { mode, wanted, refused } }: Readonly<{ operator: Operator }>) {
  if (mode === "builtin") return <>Mooring&apos;s own operator does the work</>;
  if (refused !== null) {
    return (
      <>
        <span className="with-icon tone-error">
          <SeverityIcon severity="error" size={14} /> Mooring&apos;s own operator is not running
        </span>
        <span className="about-reason">{refused.message}</span>
      </>
    );
  }
  if (wanted === "builtin") return <>Mooring&apos;s own operator waits for a first look around</>;
  return <>Mooring writes the spec; another operator does the work</>;
}

const NONE_FOUND = {
  pending: "looking for it",
  complete: "not found in this cluster",
  incomplete: "none found where Mooring may list Deployments, which is not everywhere",
} as const satisfies Record<Operator["search"], string>;

function Found({ operator: { found, alsoFound, search } }: Readonly<{ operator: Operator }>) {
  if (found === null) return <>{NONE_FOUND[search]}</>;
  return (
    <>
      {[found, ...alsoFound].map(({ namespace, name, image }) => (
        <span key={`${namespace}/${name}`} className="about-found">
          <span className="mono">
            {namespace}/{name}
          </span>{" "}
          <span className="faint mono">{image}</span>
        </span>
      ))}
    </>
  );
}

function Setting({
  setting: { value, source },
}: Readonly<{ setting: Operator["settings"][number] }>) {
  if (value === null)
    return <Unknown why="the operator's Deployment, or this value in it, may not be read" />;
  return (
    <>
      <span className="mono">{value === "" ? "(empty)" : value}</span>{" "}
      <span className="faint">{SOURCE_WORDS[source]}</span>
    </>
  );
}
