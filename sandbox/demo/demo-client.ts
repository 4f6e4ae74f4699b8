import type { SandboxClient } from "../api/client";
import type { KubeObject, NewObject } from "../api/objects";
import { toTimestamp } from "../world/clock";

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** Creates demo objects with an age. */
export interface DemoClient {
  readonly client: SandboxClient;
  /** `age` such as `4m`, `6h` or `41d`. */
  create(resource: string, age: string, object: NewObject): KubeObject;
  /** The moment that long ago. */
  ago(age: string): string;
}

/** Wraps the client; all ages count from now. */
export function createDemoClient(client: SandboxClient): DemoClient {
  const now = Date.now();
  const ago = (age: string) => {
    const minutes = Number.parseFloat(age) * (MINUTES[age.slice(-1)] ?? 1);
    return toTimestamp(now - minutes * 60_000);
  };
  return {
    client,
    ago,
    create: (resource, age, object) =>
      client.create(resource, object, { manager: "kubectl", creationTimestamp: ago(age) }),
  };
}
