import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { unauthorized } from "./status-error";

export interface User {
  username: string;
  uid: string;
  groups: readonly string[];
}

export const MASTERS = "system:masters";

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

function withImpliedGroups(user: Pick<User, "username"> & { groups: readonly string[] }): string[] {
  const account = SERVICE_ACCOUNT.exec(user.username);
  const implied = account
    ? ["system:serviceaccounts", `system:serviceaccounts:${account[1] ?? ""}`]
    : [];
  return [...new Set([...user.groups, ...implied, "system:authenticated"])];
}

/** Who holds which bearer token. */
export class Tokens {
  readonly #users = new Map<string, User>();
  readonly #expired = new Set<string>();

  /** A new token for the user; the groups a service account has by its name are added. */
  issue(user: { username: string; groups: readonly string[] }): string {
    const token = randomBytes(24).toString("base64url");
    this.#users.set(token, {
      username: user.username,
      uid: "",
      groups: withImpliedGroups(user),
    });
    return token;
  }

  expire(token: string): void {
    this.#expired.add(token);
  }

  restoreAll(): void {
    this.#expired.clear();
  }

  find(token: string): User | undefined {
    return this.#expired.has(token) ? undefined : this.#users.get(token);
  }

  /** The caller, as somebody else where it may and asks to. @throws StatusError Unauthorized */
  authenticate(request: IncomingMessage): User {
    const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
    const user = scheme?.toLowerCase() === "bearer" ? this.find(token) : undefined;
    if (!user) throw unauthorized();
    return user.groups.includes(MASTERS) ? impersonated(request, user) : user;
  }
}

function impersonated(request: IncomingMessage, user: User): User {
  const name = request.headers["impersonate-user"];
  if (typeof name !== "string" || name === "") return user;
  const groups = request.headers["impersonate-group"];
  const given = typeof groups === "string" ? groups.split(",").map((group) => group.trim()) : [];
  return {
    username: name,
    uid: "",
    groups: withImpliedGroups({ username: name, groups: given }),
  };
}
