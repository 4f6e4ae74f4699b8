import { CodeBlock } from "@/components/primitives/code-block";

const STEPS = [
  {
    title: "Start Mooring on a context of your kubeconfig",
    code: "npm start -- --context NAME",
  },
  {
    title: "Or on a kubeconfig of its own",
    code: "npm start -- --kubeconfig FILE",
  },
  {
    title: "See first what that identity may do",
    code: `kubectl auth can-i list inferenceservices.inference.llmkube.dev --all-namespaces
kubectl auth can-i patch inferenceservices.inference.llmkube.dev --all-namespaces
kubectl auth can-i list persistentvolumeclaims --all-namespaces`,
  },
] as const;

/** How to leave the sandbox. */
export function ConnectCluster() {
  return (
    <section className="about-section" id="connect" aria-labelledby="connect-title">
      <h2 id="connect-title">Connect your cluster</h2>
      <p className="dim about-text">
        Mooring acts with the identity of the kubeconfig it is given and never with more. On claims
        it only reads: it needs no write verb there. It writes one field of an InferenceService, the
        name of its claim, after you pressed Apply. What the identity may not list is shown as
        unknown.
      </p>
      {STEPS.map(({ title, code }) => (
        <div key={title} className="about-step">
          <h3>{title}</h3>
          <CodeBlock code={code} label={title} />
        </div>
      ))}
    </section>
  );
}
