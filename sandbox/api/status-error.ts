import type { Status, StatusCause, StatusDetails } from "./objects";

/** What a resource is called in messages: `inferenceservices.inference.llmkube.dev "x" not found`. */
export interface ResourceName {
  group: string;
  plural: string;
  kind: string;
}

export interface FieldProblem {
  reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueDuplicate"
    | "FieldValueTooLong"
    | "FieldValueTypeInvalid";
  field: string;
  /** Without the field: `Invalid value: -1: should be greater than 0`. */
  message: string;
}

interface StatusParts {
  code: number;
  reason: string;
  message: string;
  details?: StatusDetails;
  continueToken?: string;
}

/** An answer of the API that is not a success; `status` is what goes over the wire. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(parts: StatusParts) {
    super(parts.message);
    this.name = "StatusError";
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: parts.continueToken === undefined ? {} : { continue: parts.continueToken },
      status: "Failure",
      message: parts.message,
      reason: parts.reason,
      ...(parts.details ? { details: parts.details } : {}),
      code: parts.code,
    };
  }
}

export function qualified(resource: ResourceName): string {
  return resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
}

function detailsOf(resource: ResourceName, name: string): StatusDetails {
  return {
    ...(name === "" ? {} : { name }),
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}

export function notFound(resource: ResourceName, name: string): StatusError {
  const message = `${qualified(resource)} ${JSON.stringify(name)} not found`;
  return new StatusError({
    code: 404,
    reason: "NotFound",
    message,
    details: detailsOf(resource, name),
  });
}

/** For paths that name no resource at all. */
export function pathNotFound(): StatusError {
  return new StatusError({
    code: 404,
    reason: "NotFound",
    message: "the server could not find the requested resource",
    details: {},
  });
}

export function alreadyExists(resource: ResourceName, name: string): StatusError {
  const message = `${qualified(resource)} ${JSON.stringify(name)} already exists`;
  const details = detailsOf(resource, name);
  return new StatusError({ code: 409, reason: "AlreadyExists", message, details });
}

export function conflict(resource: ResourceName, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} ${JSON.stringify(name)}: ${why}`;
  return new StatusError({
    code: 409,
    reason: "Conflict",
    message,
    details: detailsOf(resource, name),
  });
}

export function staleVersion(resource: ResourceName, name: string): StatusError {
  return conflict(
    resource,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

export function applyConflict(message: string, causes: StatusCause[]): StatusError {
  return new StatusError({ code: 409, reason: "Conflict", message, details: { causes } });
}

function aggregate(problems: readonly FieldProblem[]): string {
  const texts = [...new Set(problems.map((problem) => `${problem.field}: ${problem.message}`))];
  return texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
}

/** 422 with one cause per problem. `resource.kind` is what the message names. */
export function invalid(
  resource: ResourceName,
  name: string,
  problems: readonly FieldProblem[],
): StatusError {
  const kind = resource.group === "" ? resource.kind : `${resource.kind}.${resource.group}`;
  return new StatusError({
    code: 422,
    reason: "Invalid",
    message: `${kind} ${JSON.stringify(name)} is invalid: ${aggregate(problems)}`,
    details: {
      ...(name === "" ? {} : { name }),
      ...(resource.group === "" ? {} : { group: resource.group }),
      kind: resource.kind,
      causes: problems.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  });
}

export function forbidden(
  resource: ResourceName,
  name: string,
  refusal: { why: string; causes?: StatusCause[] },
): StatusError {
  const subject = `${qualified(resource)}${name === "" ? "" : ` ${JSON.stringify(name)}`}`;
  return new StatusError({
    code: 403,
    reason: "Forbidden",
    message: `${subject} is forbidden: ${refusal.why}`,
    details: {
      ...detailsOf(resource, name),
      ...(refusal.causes ? { causes: refusal.causes } : {}),
    },
  });
}

export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: "BadRequest", message });
}

export function unauthorized(): StatusError {
  return new StatusError({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

export function methodNotAllowed(): StatusError {
  const message = "the server does not allow this method on the requested resource";
  return new StatusError({ code: 405, reason: "MethodNotAllowed", message, details: {} });
}

export function notAcceptable(accepted: string): StatusError {
  const message = `only the following media types are accepted: ${accepted}`;
  return new StatusError({ code: 406, reason: "NotAcceptable", message });
}

export function unsupportedMediaType(accepted: string): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new StatusError({ code: 415, reason: "UnsupportedMediaType", message });
}

export function expired(message: string, continueToken?: string): StatusError {
  return new StatusError({
    code: 410,
    reason: "Expired",
    message,
    ...(continueToken === undefined ? {} : { continueToken }),
  });
}

/** A JSON patch that cannot be applied, as the API server words it. */
export function unprocessable(why: string): StatusError {
  return new StatusError({
    code: 422,
    reason: "Invalid",
    message: "the server rejected our request due to an error in our request",
    details: { causes: [{ reason: "UnexpectedServerResponse", message: why }] },
  });
}

export function internalError(error: unknown): StatusError {
  const why = error instanceof Error ? error.message : String(error);
  return new StatusError({
    code: 500,
    reason: "InternalError",
    message: `Internal error occurred: ${why}`,
    details: { causes: [{ reason: "", message: why }] },
  });
}
