import { effectiveKey, isMultiFile } from "./cache-key";
import { planFileSet } from "./file-set";
import type { Model } from "./objects";
import { classifySource, resolvedSource } from "./source";

const HUB_FILE = /^huggingface\.co\/([^/]+\/[^/]+)\/(?:resolve|blob)\/([^/]+)\/(.+)$/iu;

/**
 * What tells that two Models bring the same bytes: `key:` with the directory on the claim, `file:` with each file at its source, however it
 * is written (`hf://` or `https://`, with or without credentials). Empty for a Model that brings nothing onto a claim.
 */
export function bytesIdentities(model: Model): readonly string[] {
  const key = effectiveKey(model);
  if (key === null || classifySource(model.spec.source).kind === "pvc") return [];
  return [`key:${key}`, ...filesOf(model).map((file) => `file:${file}`)];
}

/** The files a Model fetches, each under one name for all ways to write its source. */
function filesOf(model: Model): string[] {
  const { source } = model.spec;
  if (!isMultiFile(model)) return singleFile(source);
  const fileSet = planFileSet(model);
  if (fileSet.kind !== "multi") return [];
  const base = resolvedSource(source).replace(/\/$/u, "");
  return fileSet.files.flatMap((file) => singleFile(`${base}/${file}`));
}

function singleFile(source: string): string[] {
  const classified = classifySource(source);
  if (classified.kind === "s3") return [`s3://${classified.bucket}/${classified.key}`];
  if (classified.kind !== "file") return [];
  const [, authority = "", rest = ""] = /^https?:\/\/([^/?#]*)([^#]*)/iu.exec(source) ?? [];
  const host = authority.slice(authority.lastIndexOf("@") + 1).toLowerCase();
  const place = `${host.replace(/^www\.(?=huggingface\.co$)/u, "")}${rest}`;
  return [hubFile(place) ?? place];
}

/** On the hub `blob` and `resolve` are one file, and the query says only how to show it. */
function hubFile(place: string): string | null {
  const [, repository = "", revision = "", file = ""] =
    HUB_FILE.exec(place.replace(/\?.*$/su, "")) ?? [];
  return repository === "" ? null : `huggingface.co/${repository}@${revision}/${file}`;
}
