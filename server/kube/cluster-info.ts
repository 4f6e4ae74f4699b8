import { AppError } from "@/server/errors";
import type { KubeHttp } from "./http-client";
import { collectionPath, objectPath, resourceOf } from "./resources";

/** A Deployment that is an LLMKube operator. */
export type OperatorFound = {
  readonly namespace: string;
  readonly name: string;
  readonly image: string | null;
  /** Of the operator's container, as given to it. */
  readonly args: readonly string[];
};

type Container = {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
};
type RawDeployment = {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly template: { readonly spec?: { readonly containers?: Container[] } } };
};
type RawList = {
  readonly items: readonly RawDeployment[] | null;
  readonly metadata: { readonly continue?: string };
};

const DEPLOYMENTS = resourceOf("deployments");
const OWN_NAME = /llmkube.*controller-manager/;
const OWN_IMAGE = /(^|\/)llmkube-controller([:@]|$)/;
const SHARED_IMAGE = /(^|\/)llmkube([:@]|$)/;

/** `gitVersion` of the API server; null when it does not tell. */
export async function readVersion(http: KubeHttp): Promise<string | null> {
  const answer = await orNull(() => http.json({ path: "/version" }));
  const version = (answer as { gitVersion?: unknown } | null)?.gitVersion;
  return typeof version === "string" ? version : null;
}

/** What tells one cluster, and one life of a sandbox, from another: uid of the namespace `kube-system`; null when it may not be read. */
export async function readClusterId(http: KubeHttp): Promise<string | null> {
  const path = objectPath(resourceOf("namespaces"), { namespace: "", name: "kube-system" });
  const answer = await orNull(() => http.json({ path }));
  const uid = (answer as { metadata?: { uid?: unknown } } | null)?.metadata?.uid;
  return typeof uid === "string" ? uid : null;
}

/**
 * LLMKube operators in the cluster. `complete: false`: not every namespace could be searched, so that none found does
 * not mean that there is none.
 */
export async function findOperators(
  http: KubeHttp,
  namespaces: readonly string[] | null,
): Promise<{ readonly operators: readonly OperatorFound[]; readonly complete: boolean }> {
  const everywhere = await orNull(() => searchIn(http, null));
  if (everywhere) return { operators: everywhere, complete: true };
  // Where LLMKube's chart installs by default, and what we were told to look at.
  const places = [...new Set(["llmkube-system", ...(namespaces ?? [])])];
  const found = await Promise.all(places.map((place) => orNull(() => searchIn(http, place))));
  return { operators: found.flatMap((some) => some ?? []), complete: false };
}

async function searchIn(http: KubeHttp, namespace: string | null): Promise<OperatorFound[]> {
  const found: OperatorFound[] = [];
  let next: string | undefined;
  do {
    const path = collectionPath(DEPLOYMENTS, namespace);
    // The answer to a LIST is a list by the API's schema.
    const page = (await http.json({ path, query: { limit: 500, continue: next } })) as RawList;
    for (const deployment of page.items ?? []) {
      const operator = toOperator(deployment);
      if (operator) found.push(operator);
    }
    next = page.metadata.continue;
  } while (next);
  return found;
}

function toOperator({ metadata, spec }: RawDeployment): OperatorFound | null {
  // What the operator made is not the operator.
  if (metadata.labels?.["inference.llmkube.dev/service"] !== undefined) return null;
  const container = operatorContainer(metadata.name, spec.template.spec?.containers ?? []);
  if (!container) return null;
  const { image = null, command = [], args = [] } = container;
  const { namespace, name } = metadata;
  return { namespace, name, image, args: [...command.slice(1), ...args] };
}

function operatorContainer(name: string, containers: readonly Container[]): Container | undefined {
  return containers.find(isOperator) ?? (OWN_NAME.test(name) ? containers[0] : undefined);
}

/** An image that is only called `llmkube` may also be its command line tool: the operator is given flags. */
function isOperator({ image = "", args = [] }: Container): boolean {
  return OWN_IMAGE.test(image) || (SHARED_IMAGE.test(image) && args.some((arg) => /^--/.test(arg)));
}

/** null where we may not ask; an API server that does not answer is thrown. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const refused =
      error instanceof AppError && ["Forbidden", "NotFound", "Unauthorized"].includes(error.reason);
    if (refused) return null;
    throw error;
  }
}
