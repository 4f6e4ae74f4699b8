import { repositoryReference } from "../source";
import type { ArgsInput } from "./backends";

/** What the engine is told to load: the staged folder of files that are no GGUF, else the staged file, else `org/name[@rev]` for it to fetch. */
export function servedModel({ model, modelPath, stagedDir }: ArgsInput): string {
  const { format = "", source } = model.spec;
  const folder = stagedDir !== null && format !== "" && format !== "gguf";
  return (folder ? stagedDir : modelPath) ?? repositoryReference(source) ?? source;
}
