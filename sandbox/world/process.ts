import type { Container, Pod } from "./objects";
import type { Disk } from "./disks";

/** What one look at a running container finds. */
export type Look = {
  /** New log lines since the last look. */
  lines: string[];
  /** Set once, when it has ended. */
  exitCode?: number;
  /** Its readiness probe would pass. */
  ready: boolean;
  /** Simulated seconds until something happens by itself. */
  againSeconds?: number;
};

/** A simulated container process; it advances only when it is looked at. */
export type Process = (seconds: number) => Look;

/** Where a path inside a container really is. */
export type Location = { disk: Disk; path: string };

export type ContainerContext = {
  pod: Pod;
  container: Container;
  /** Simulated seconds at which the process starts. */
  startedAt: number;
  /** Weights that are already there load at once: the service ran before the sandbox did. */
  warm: boolean;
  locate(path: string): Location | undefined;
};

/** The value of a plain environment variable; "" when it is not set. */
export function envOf(container: Container, name: string): string {
  return container.env?.find((entry) => entry.name === name)?.value ?? "";
}
