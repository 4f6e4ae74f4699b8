import type { Deployment } from "@/server/domain/objects";
import type { FoundOperator } from "@/server/domain/operator-choice";

type PodSpec = NonNullable<NonNullable<Deployment["spec"]>["template"]["spec"]>;
type Container = PodSpec["containers"][number];

/** Label of what an operator makes for a service. */
export const SERVICE_LABEL = "inference.llmkube.dev/service";
const OWN_NAME = /llmkube.*controller-manager/;
const OWN_IMAGE = /(^|\/)llmkube-controller([:@]|$)/;
const SHARED_IMAGE = /(^|\/)llmkube([:@]|$)/;

/** The LLMKube operator that the Deployment is; null when it is something else. Pure. */
export function toOperator({ metadata, spec }: Deployment): FoundOperator | null {
  // What the operator made is not the operator.
  if (metadata.labels?.[SERVICE_LABEL] !== undefined) return null;
  const container = operatorContainer(metadata.name, spec?.template.spec?.containers ?? []);
  if (!container) return null;
  const { image = null, command = [], args = [] } = container;
  const { namespace, name } = metadata;
  const words = [...command.slice(1), ...args];
  return { namespace, name, image, args: words.map((word) => withVariables(word, container)) };
}

function operatorContainer(name: string, containers: readonly Container[]): Container | undefined {
  return containers.find(isOperator) ?? (OWN_NAME.test(name) ? containers[0] : undefined);
}

/** An image that is only called `llmkube` may also be its command line tool: the operator is given flags. */
function isOperator({ image = "", args = [] }: Container): boolean {
  return OWN_IMAGE.test(image) || (SHARED_IMAGE.test(image) && args.some((arg) => /^--/.test(arg)));
}

/** As the kubelet does it: `$(NAME)` becomes the variable's value. What a Secret or ConfigMap holds is not looked up, and stays. */
function withVariables(word: string, { env = [] }: Container): string {
  return word.replaceAll(/\$\(([\w.-]+)\)/g, (reference, name: string) => {
    const variable = env.findLast((one) => one.name === name);
    const isPlain = variable !== undefined && variable.valueFrom === undefined;
    return isPlain ? (variable.value ?? "") : reference;
  });
}
