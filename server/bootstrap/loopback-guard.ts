import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * Cuts every connection that did not come over a loopback address, whatever the listener was bound to: with
 * MOORING_AUTH=local whoever reaches the port is the user. `onRefused` is told the local address of the first one.
 */
export function guardLoopback(onRefused: (localAddress: string) => void): void {
  let told = false;
  subscribe("http.server.request.start", (message) => {
    // The channel's documented message.
    const { socket } = message as { socket: Socket };
    const address = socket.localAddress ?? "";
    if (address === "" || LOOPBACK.test(address)) return;
    socket.destroy();
    if (!told) onRefused(address);
    told = true;
  });
}
