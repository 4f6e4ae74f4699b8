import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

import type { LocalFile, LocalFileReader } from "@/server/ports";

/** Size and digest of files on this process's own disk. */
export const localFileReader: LocalFileReader = {
  async read(path) {
    const digest = createHash("sha256");
    let sizeBytes = 0;
    try {
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length;
        digest.update(chunk);
      }
    } catch (error) {
      return unreadable(error);
    }
    return { kind: "file", sizeBytes, sha256: digest.digest("hex") };
  },
};

/** What the operating system refuses is a fact about the file; anything else is a fault of ours. */
function unreadable(error: unknown): LocalFile {
  if (!(error instanceof Error) || !("syscall" in error)) throw error;
  return { kind: "unreadable", why: error.message };
}
