import { isRecord, type JsonRecord } from "./json";

/** How a field is read: `text`, `texts`, `textMap`, `byteMap`, `bytes`, `number`, `flag`, or the name of another message. */
type FieldType = string;
type Message = Readonly<Record<number, readonly [name: string, type: FieldType]>>;

/** A type that starts with "*" repeats. Only what kubectl sends in this form: its typed commands. */
const MESSAGES: Readonly<Record<string, Message>> = {
  Unknown: { 1: ["type", "TypeMeta"], 2: ["raw", "bytes"] },
  TypeMeta: { 1: ["apiVersion", "text"], 2: ["kind", "text"] },
  ObjectMeta: {
    1: ["name", "text"],
    2: ["generateName", "text"],
    3: ["namespace", "text"],
    5: ["uid", "text"],
    6: ["resourceVersion", "text"],
    11: ["labels", "textMap"],
    12: ["annotations", "textMap"],
    14: ["finalizers", "texts"],
  },
  Namespace: { 1: ["metadata", "ObjectMeta"] },
  ServiceAccount: { 1: ["metadata", "ObjectMeta"] },
  ConfigMap: {
    1: ["metadata", "ObjectMeta"],
    2: ["data", "textMap"],
    3: ["binaryData", "byteMap"],
  },
  Secret: { 1: ["metadata", "ObjectMeta"], 2: ["data", "byteMap"], 3: ["type", "text"] },
  Role: { 1: ["metadata", "ObjectMeta"], 2: ["rules", "*PolicyRule"] },
  ClusterRole: { 1: ["metadata", "ObjectMeta"], 2: ["rules", "*PolicyRule"] },
  PolicyRule: {
    1: ["verbs", "texts"],
    2: ["apiGroups", "texts"],
    3: ["resources", "texts"],
    4: ["resourceNames", "texts"],
    5: ["nonResourceURLs", "texts"],
  },
  RoleBinding: {
    1: ["metadata", "ObjectMeta"],
    2: ["subjects", "*Subject"],
    3: ["roleRef", "RoleRef"],
  },
  ClusterRoleBinding: {
    1: ["metadata", "ObjectMeta"],
    2: ["subjects", "*Subject"],
    3: ["roleRef", "RoleRef"],
  },
  Subject: {
    1: ["kind", "text"],
    2: ["apiGroup", "text"],
    3: ["name", "text"],
    4: ["namespace", "text"],
  },
  RoleRef: { 1: ["apiGroup", "text"], 2: ["kind", "text"], 3: ["name", "text"] },
  SelfSubjectReview: { 1: ["metadata", "ObjectMeta"] },
  SelfSubjectAccessReview: { 1: ["metadata", "ObjectMeta"], 2: ["spec", "AccessSpec"] },
  AccessSpec: {
    1: ["resourceAttributes", "Attributes"],
    2: ["nonResourceAttributes", "PathAttributes"],
  },
  Attributes: {
    1: ["namespace", "text"],
    2: ["verb", "text"],
    3: ["group", "text"],
    4: ["version", "text"],
    5: ["resource", "text"],
    6: ["subresource", "text"],
    7: ["name", "text"],
  },
  PathAttributes: { 1: ["path", "text"], 2: ["verb", "text"] },
  SelfSubjectRulesReview: { 1: ["metadata", "ObjectMeta"], 2: ["spec", "RulesSpec"] },
  RulesSpec: { 1: ["namespace", "text"] },
  TokenRequest: { 1: ["metadata", "ObjectMeta"], 2: ["spec", "TokenSpec"] },
  TokenSpec: { 1: ["audiences", "texts"], 4: ["expirationSeconds", "number"] },
  DeleteOptions: {
    1: ["gracePeriodSeconds", "number"],
    2: ["preconditions", "Preconditions"],
    3: ["orphanDependents", "flag"],
    4: ["propagationPolicy", "text"],
    5: ["dryRun", "texts"],
  },
  Preconditions: { 1: ["uid", "text"], 2: ["resourceVersion", "text"] },
};

const MAGIC = Buffer.from("k8s\0");
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;

class Reader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error("unexpected end of the protobuf body");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  take(length: number): Buffer {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** The next field: its number and either its bytes or its integer. */
  field(): { number: number; value: Buffer | number } {
    const tag = this.varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === VARINT) return { number, value: this.varint() };
    if (wire === LENGTH_DELIMITED) return { number, value: this.take(this.varint()) };
    return { number, value: this.take(wire === FIXED_64 ? 8 : 4) };
  }
}

function readEntry(bytes: Buffer): [string, Buffer] {
  const reader = new Reader(bytes);
  let key = "";
  let value: Buffer = Buffer.alloc(0);
  while (!reader.isDone) {
    const field = reader.field();
    if (typeof field.value === "number") continue;
    if (field.number === 1) key = field.value.toString("utf8");
    else value = field.value;
  }
  return [key, value];
}

function addEntry(target: JsonRecord, name: string, entry: [string, string]): void {
  const map = isRecord(target[name]) ? target[name] : {};
  target[name] = { ...map, [entry[0]]: entry[1] };
}

function append(target: JsonRecord, name: string, item: unknown): void {
  const list = Array.isArray(target[name]) ? (target[name] as unknown[]) : [];
  target[name] = [...list, item];
}

function setBytes(
  target: JsonRecord,
  [name, type]: readonly [string, FieldType],
  bytes: Buffer,
): void {
  const text = () => bytes.toString("utf8");
  if (type === "text") {
    if (bytes.length > 0) target[name] = text();
  } else if (type === "texts") append(target, name, text());
  else if (type === "textMap") {
    const [key, value] = readEntry(bytes);
    addEntry(target, name, [key, value.toString("utf8")]);
  } else if (type === "byteMap") {
    const [key, value] = readEntry(bytes);
    addEntry(target, name, [key, value.toString("base64")]);
  } else if (type === "bytes") target[name] = bytes;
  else if (type.startsWith("*")) append(target, name, readMessage(type.slice(1), bytes));
  else target[name] = readMessage(type, bytes);
}

function readMessage(type: string, bytes: Buffer): JsonRecord {
  const message = MESSAGES[type] ?? {};
  const result: JsonRecord = {};
  const reader = new Reader(bytes);
  while (!reader.isDone) {
    const { number, value } = reader.field();
    const field = message[number];
    if (!field) continue;
    if (typeof value !== "number") setBytes(result, field, value);
    else result[field[0]] = field[1] === "flag" ? value !== 0 : value;
  }
  return result;
}

/**
 * The object in a protobuf body; undefined when the body is none or of a kind that is not read in this form.
 * Built-in kinds that only typed clients send, and no more: the sandbox speaks JSON.
 */
export function decodeProtobuf(body: Buffer): JsonRecord | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const { type, raw } = readMessage("Unknown", body.subarray(MAGIC.length));
  if (!isRecord(type) || typeof type["kind"] !== "string" || !Buffer.isBuffer(raw))
    return undefined;
  if (!MESSAGES[type["kind"]]) return undefined;
  return { ...type, ...readMessage(type["kind"], raw) };
}
