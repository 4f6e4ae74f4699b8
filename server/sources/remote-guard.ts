import { BlockList, isIP } from "node:net";

/** Networks that no URL of a Model leads into, as nothing public is there. */
const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
];

/** Which addresses a request made on a user's behalf may go to. */
export type RemoteGuard = {
  /** `host` as the URL has it, without brackets; `address` what it stands for. */
  permits(host: string, address: string): boolean;
};

/**
 * Public addresses, and what `--allowed-remote-hosts` lets through besides: names as URLs have them, addresses, and networks (`10.20.0.0/16`).
 * An entry that is none of these lets nothing through.
 */
export function createRemoteGuard(allowed: readonly string[]): RemoteGuard {
  const refused = new BlockList();
  for (const [network, bits] of PRIVATE_V4) refused.addSubnet(network, bits, "ipv4");
  for (const [network, bits] of PRIVATE_V6) refused.addSubnet(network, bits, "ipv6");
  const names = new Set(allowed.map((entry) => entry.toLowerCase()));
  const networks = new BlockList();
  for (const entry of allowed) addNetwork(networks, entry);
  return {
    permits: (host, address) =>
      names.has(host.toLowerCase()) ||
      holds(networks, address) ||
      (isIP(address) !== 0 && !holds(refused, address)),
  };
}

function addNetwork(list: BlockList, entry: string): void {
  const [network = "", bits, ...rest] = entry.split("/");
  const version = isIP(network);
  if (version === 0 || rest.length > 0) return;
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (!/^\d+$/.test(bits ?? "0") || length > most) return;
  list.addSubnet(network, length, version === 4 ? "ipv4" : "ipv6");
}

function holds(list: BlockList, address: string): boolean {
  const plain = address.replace(/%.*$/, "");
  return list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}
