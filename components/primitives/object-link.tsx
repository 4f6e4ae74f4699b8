import Link from "next/link";

type ObjectLinkProps = Readonly<{ kind: string; namespace: string | null; name: string }>;

/** The page of a service or a claim. */
export function pageOf(kind: string, namespace: string | null, name: string): string | null {
  const plural = {
    InferenceService: "inferenceservices",
    PersistentVolumeClaim: "persistentvolumeclaims",
  }[kind];
  if (plural === undefined || namespace === null) return null;
  return `/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
}

/** The name of an object in code type; a link where Mooring has a page for it. */
export function ObjectLink({ kind, namespace, name }: ObjectLinkProps) {
  const href = pageOf(kind, namespace, name);
  if (href === null) return <span className="mono">{name}</span>;
  return (
    <Link className="mono" href={href}>
      {name}
    </Link>
  );
}
