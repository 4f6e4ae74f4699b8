import type { Model } from "./objects";

/**
 * The text with every run of characters outside `[A-Za-z0-9._-]` as one `-`, without `-`, `.` or `_` at either end.
 * May be empty.
 */
export function sanitiseFileName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]+/gu, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^[-._]+|[-._]+$/g, "");
}

/** The name of a Model's single file inside its key directory: of the recorded path, else of the GGUF name, else of the Model; `.gguf` whatever the format. */
export function modelFileName(model: Model): string {
  const recorded = model.status?.path ?? "";
  const base = recorded.slice(recorded.lastIndexOf("/") + 1);
  if (base !== "") return base;
  const candidates = [model.status?.gguf?.modelName ?? "", model.metadata.name].map(
    sanitiseFileName,
  );
  return `${candidates.find((name) => name !== "") ?? "model"}.gguf`;
}
