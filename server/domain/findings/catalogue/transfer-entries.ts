import { concurrentDownload } from "../concurrent-download";
import { downloadSlow, downloadStalled } from "../download-pace";
import { unboundedEphemeralCache } from "../unbounded-ephemeral-cache";
import { type CatalogueEntry, service, transfer } from "./entry";

/** The entries about fetching the model. */
export const transferEntries: readonly CatalogueEntry[] = [
  transfer("ModelTransferOutOfSpace", {
    title: "No space for the model",
    severity: "error",
    explanation:
      "The init container that fetches the model ran out of space on the claim or in scratch space. LLMKube checks neither size nor free space beforehand and never frees old entries.",
  }),
  transfer("ModelSourceUntrusted", {
    title: "The source's certificate is not trusted",
    severity: "error",
    explanation: "TLS verification of the model's source failed in the downloader.",
  }),
  transfer("ModelSourceUnauthorized", {
    title: "The source refuses access",
    severity: "error",
    explanation:
      "The model's source answered 401 or 403, or the object store refused the credentials. LLMKube gives the downloader no Hugging Face token; only sourceSecretRef reaches it.",
  }),
  transfer("ModelSourceNotFound", {
    title: "The model is not at its source",
    severity: "error",
    explanation: "The model's source answered 404, or the bucket or key does not exist.",
  }),
  transfer("ModelSourceUnreachable", {
    title: "The source cannot be reached",
    severity: "error",
    explanation: "The downloader could not resolve or connect to the host of the model's source.",
  }),
  transfer("ModelTransferFailed", {
    title: "Fetching the model failed",
    severity: "error",
    explanation:
      "An init container of the model cache ended with an error that is none of the known causes. The finding quotes the last line of its log.",
  }),
  service("DownloadStalled", downloadStalled, {
    title: "The download has stopped",
    severity: "warning",
    explanation:
      "The downloader runs, and no byte has come in for five minutes. LLMKube's downloader has no time limit and does not resume: a connection that was forgotten on the way is waited for without end. Silent where nothing reports how many bytes there are, because unknown is not stalled.",
  }),
  service("DownloadSlow", downloadSlow, {
    title: "The download takes hours",
    severity: "warning",
    explanation:
      "At the present rate the download takes more than an hour longer. Rates of its first minute are not judged.",
  }),
  service("ConcurrentDownload", concurrentDownload, {
    title: "Two pods download into one directory",
    severity: "warning",
    explanation:
      "Two pods run their downloader with the same directory of the same claim. LLMKube's downloader has no lock and one temporary name, so that one pod may rename what the other is still writing. Not shown with the built-in operator, whose downloader gives each pod a temporary file of its own.",
  }),
  service("UnboundedEphemeralCache", unboundedEphemeralCache, {
    title: "Scratch space without a limit",
    severity: "warning",
    explanation:
      "Persistence is Ephemeral and resources.ephemeralStorage is not set: the model is downloaded at each start into the node's disk without a limit.",
  }),
];
