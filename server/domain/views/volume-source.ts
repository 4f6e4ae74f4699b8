import type { Volume } from "../objects";
import { plain } from "../wording";

type Source = { readonly kind: string; readonly text: string };
type Spec = NonNullable<Volume["spec"]>;

const READERS: readonly ((spec: Spec) => Source | null)[] = [
  ({ local }) => (local === undefined ? null : { kind: "Local", text: `local ${local.path}` }),
  ({ hostPath }) =>
    hostPath === undefined ? null : { kind: "HostPath", text: `host path ${hostPath.path}` },
  ({ nfs }) => (nfs === undefined ? null : { kind: "NFS", text: `nfs ${nfs.server}:${nfs.path}` }),
  ({ csi }) =>
    csi === undefined ? null : { kind: "CSI", text: `csi ${csi.driver} ${csi.volumeHandle}` },
];
const OTHER_KINDS: Readonly<Record<string, string>> = {
  awsElasticBlockStore: "AWSElasticBlockStore",
  azureDisk: "AzureDisk",
  azureFile: "AzureFile",
  cephfs: "CephFS",
  cinder: "Cinder",
  fc: "FC",
  gcePersistentDisk: "GCEPersistentDisk",
  glusterfs: "GlusterFS",
  iscsi: "ISCSI",
  rbd: "RBD",
  vsphereVolume: "vSphere",
};

/** What a volume is made of; "unknown" for a source we have no name for. */
export function volumeSource(volume: Volume): Source {
  const spec = volume.spec ?? {};
  for (const read of READERS) {
    const source = read(spec);
    if (source !== null) return { ...source, text: plain(source.text) };
  }
  const other = Object.keys(spec).find((field) => field in OTHER_KINDS);
  const kind = other === undefined ? "unknown" : (OTHER_KINDS[other] ?? "unknown");
  return { kind, text: kind };
}
