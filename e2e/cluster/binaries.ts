import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const moduleDir = join(import.meta.dirname, "control-plane");

/** Program → Go package. Versions are those of `control-plane/go.mod`. */
const PACKAGES = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
} as const;
const KUBECTL = "k8s.io/kubernetes/cmd/kubectl";
export type ControlPlaneProgram = keyof typeof PACKAGES;
export type Binaries = Readonly<Record<ControlPlaneProgram, string>>;

function kubernetesVersion(): string {
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(
    readFileSync(join(moduleDir, "go.mod"), "utf8"),
  )?.[1];
  if (!version) throw new Error("control-plane/go.mod names no version of k8s.io/kubernetes");
  return version;
}

/** Kept outside the checkout, so that a fresh clone finds what an earlier one built. */
function cacheDir(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const sums = createHash("sha256")
    .update(readFileSync(join(moduleDir, "go.mod")))
    .update(readFileSync(join(moduleDir, "go.sum")))
    .digest("hex")
    .slice(0, 12);
  return join(base, "mooring", `control-plane-${kubernetesVersion()}-${sums}`);
}

async function build(goPackage: string, target: string): Promise<void> {
  const [major, minor] = kubernetesVersion().slice(1).split(".");
  const stamp = (name: string, value: string) =>
    `-X k8s.io/component-base/version.${name}=${value}`;
  const ldflags = [
    "-s -w",
    stamp("gitVersion", kubernetesVersion()),
    stamp("gitMajor", major ?? ""),
    stamp("gitMinor", minor ?? ""),
  ].join(" ");
  await run("go", ["build", "-trimpath", "-ldflags", ldflags, "-o", target, goPackage], {
    cwd: moduleDir,
    env: { ...process.env, GOFLAGS: "-buildvcs=false -mod=readonly", CGO_ENABLED: "0" },
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** The path of the program, built first if no earlier run did. */
async function ensureBuilt(
  program: string,
  goPackage: string,
  log: (line: string) => void,
): Promise<string> {
  const dir = cacheDir();
  mkdirSync(dir, { recursive: true });
  const path = join(dir, program);
  if (existsSync(path)) return path;
  const started = Date.now();
  log(`building ${program} …`);
  await build(goPackage, path);
  log(`built ${program} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return path;
}

function fromAssets(program: ControlPlaneProgram): string | undefined {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  if (!assets) return undefined;
  const path = join(assets, program);
  if (!existsSync(path)) return undefined; // the assets usually hold etcd and kube-apiserver only
  accessSync(path, constants.X_OK);
  return path;
}

/**
 * Paths of the four programs: from `KUBEBUILDER_ASSETS` where they are there, else built from their Go modules once
 * and kept in the user's cache directory.
 *
 * @throws Error with Go's own message when a build fails, or when there is no Go toolchain.
 */
export async function ensureBinaries(log: (line: string) => void): Promise<Binaries> {
  const paths: Partial<Record<ControlPlaneProgram, string>> = {};
  for (const program of Object.keys(PACKAGES) as ControlPlaneProgram[]) {
    paths[program] = fromAssets(program) ?? (await ensureBuilt(program, PACKAGES[program], log));
  }
  return paths as Binaries; // every key of PACKAGES was set in the loop
}

async function works(command: string, ...args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false, // not installed: the caller says so
  );
}

/** Where kubectl is, or why there is none. */
export type Kubectl = { readonly path: string } | { readonly missing: string };

/** kubectl from `PATH`; else, where that is wanted and there is a Go toolchain, built like the control plane. */
export async function findKubectl(
  log: (line: string) => void,
  { mayBuild }: { readonly mayBuild: boolean },
): Promise<Kubectl> {
  if (await works("kubectl", "version", "--client")) return { path: "kubectl" };
  if (!mayBuild) return { missing: "there is no kubectl in PATH" };
  if (!(await works("go", "version"))) {
    return { missing: "there is no kubectl in PATH, and no Go toolchain to build it" };
  }
  return { path: await ensureBuilt("kubectl", KUBECTL, log) };
}
