import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const BOOLEAN = 0x01;
const VERSION_3 = 0xa0;
const EXTENSIONS = 0xa3;
/** Inside a SubjectAltName. */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

function lengthOf(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  if (size < 0x100) return Buffer.from([0x81, size]);
  return Buffer.from([0x82, size >> 8, size & 0xff]);
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(OID, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

const ECDSA_WITH_SHA256 = der(SEQUENCE, oid("1.2.840.10045.4.3.2"));

function name(common: string): Buffer {
  const attribute = der(SEQUENCE, oid("2.5.4.3"), der(UTF8_STRING, Buffer.from(common)));
  return der(SEQUENCE, der(SET, attribute));
}

function time(date: Date): Buffer {
  const text = date.toISOString().replace(/^..|[-:T]|\.\d+/g, "");
  return der(UTC_TIME, Buffer.from(text));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(BOOLEAN, Buffer.from([0xff]))] : [];
  return der(SEQUENCE, oid(id), ...flag, der(OCTET_STRING, value));
}

function extensions(): Buffer {
  const isAuthority = der(SEQUENCE, der(BOOLEAN, Buffer.from([0xff])));
  const names = der(
    SEQUENCE,
    der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])),
    der(DNS_NAME, Buffer.from("localhost")),
  );
  const list = der(
    SEQUENCE,
    extension("2.5.29.19", true, isAuthority),
    extension("2.5.29.17", false, names),
  );
  return der(EXTENSIONS, list);
}

function serial(): Buffer {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01; // positive, and no leading zero
  return der(INTEGER, bytes);
}

function pem(label: string, body: Buffer): string {
  const lines = body.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

const DAY_MS = 86_400_000;

export interface Certificate {
  key: string;
  cert: string;
}

/**
 * A self-signed certificate for the loopback address, made anew at each start. There is one because kubectl sends no
 * credentials over plain http, whatever its configuration says.
 */
export function createCertificate(now: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = name("mooring-sandbox");
  const validity = der(
    SEQUENCE,
    time(new Date(now.getTime() - DAY_MS)),
    time(new Date(now.getTime() + 365 * DAY_MS)),
  );
  const body = der(
    SEQUENCE,
    der(VERSION_3, der(INTEGER, Buffer.from([2]))),
    serial(),
    ECDSA_WITH_SHA256,
    issuer,
    validity,
    issuer,
    publicKey.export({ type: "spki", format: "der" }),
    extensions(),
  );
  const signature = sign("sha256", body, privateKey);
  const bits = der(BIT_STRING, Buffer.from([0]), signature);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem("CERTIFICATE", der(SEQUENCE, body, ECDSA_WITH_SHA256, bits)),
  };
}
