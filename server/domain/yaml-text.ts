import { stringify } from "yaml";

/**
 * The value as YAML that readers of YAML 1.1 and of 1.2 understand alike, as `kubectl` writes it: a text such as `yes`,
 * `on` or `12:30`, which a reader of 1.1 takes for a boolean or a number, is in quotes. Long lines are not folded.
 */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, compat: "yaml-1.1" });
}
