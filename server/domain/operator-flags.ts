import { parseGoDuration, toGoDuration } from "./go-duration";
import {
  DEFAULT_OPERATOR_SETTINGS,
  type OperatorSettingName,
  type OperatorSettings,
} from "./operator-settings";

type Flag = {
  /** Without the dashes. */
  readonly flag: string;
  readonly setting: OperatorSettingName;
  readonly show: (settings: OperatorSettings) => string;
  /** null: the value is not one the flag can have. */
  readonly read: (value: string) => Partial<OperatorSettings> | null;
  /** What LLMKube makes of a value that it should not have been given; without it, the default. */
  readonly misread?: (value: string) => Partial<OperatorSettings>;
};

const commaList = (value: string) =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

/** LLMKube's flags that decide where weights go; `contract.md` §6.5. */
const OPERATOR_FLAGS: readonly Flag[] = [
  {
    flag: "model-cache-path",
    setting: "cachePath",
    show: (s) => s.cachePath,
    read: (value) => ({ cachePath: value }),
  },
  {
    flag: "model-cache-mode",
    setting: "cacheMode",
    show: (s) => s.cacheMode,
    read: (value) => (value === "shared" || value === "perService" ? { cacheMode: value } : null),
    misread: () => ({ cacheMode: "shared" }),
  },
  {
    flag: "model-cache-size",
    setting: "cacheSize",
    show: (s) => s.cacheSize,
    read: (value) => (/^\d+(\.\d+)?([KMGTPE]i?|[km])?$/.test(value) ? { cacheSize: value } : null),
    // each service then fails for it
    misread: (value) => ({ cacheSize: value }),
  },
  {
    flag: "model-cache-storage-class",
    setting: "cacheStorageClass",
    show: (s) => s.cacheStorageClass,
    read: (value) => ({ cacheStorageClass: value }),
  },
  {
    flag: "model-cache-access-mode",
    setting: "cacheAccessMode",
    show: (s) => s.cacheAccessMode,
    read: (value) =>
      value === "ReadWriteOnce" || value === "ReadWriteMany" ? { cacheAccessMode: value } : null,
    misread: () => ({ cacheAccessMode: "ReadWriteOnce" }),
  },
  {
    flag: "init-container-image",
    setting: "initContainerImage",
    show: (s) => s.initContainerImage,
    read: (value) => (value === "" ? null : { initContainerImage: value }),
  },
  {
    flag: "default-fsgroup",
    setting: "defaultFsGroup",
    show: (s) => String(s.defaultFsGroup),
    read: (value) => (/^-?\d+$/.test(value) ? { defaultFsGroup: Number(value) } : null),
  },
  {
    flag: "ca-cert-configmap",
    setting: "caCertConfigMap",
    show: (s) => s.caCertConfigMap,
    read: (value) => ({ caCertConfigMap: value }),
  },
  {
    flag: "allowed-host-path-roots",
    setting: "allowedHostPathRoots",
    show: (s) => s.allowedHostPathRoots.join(","),
    read: (value) => ({ allowedHostPathRoots: commaList(value) }),
  },
  {
    flag: "allowed-remote-hosts",
    setting: "allowedRemoteHosts",
    show: (s) => s.allowedRemoteHosts.join(","),
    read: (value) => ({ allowedRemoteHosts: commaList(value) }),
  },
  {
    flag: "model-revalidate-interval",
    setting: "revalidateIntervalMs",
    show: (s) => toGoDuration(s.revalidateIntervalMs),
    read: (value) => {
      const ms = parseGoDuration(value);
      return ms === null || ms < 0 ? null : { revalidateIntervalMs: ms };
    },
  },
  {
    flag: "dri-render-gid",
    setting: "driRenderGid",
    show: (s) => String(s.driRenderGid),
    read: (value) => (/^\d+$/.test(value) ? { driRenderGid: Number(value) } : null),
  },
  {
    flag: "emit-scrape-annotations",
    setting: "emitScrapeAnnotations",
    show: (s) => String(s.emitScrapeAnnotations),
    read: (value) =>
      value === "true" || value === "false" ? { emitScrapeAnnotations: value === "true" } : null,
  },
  {
    flag: "runtime-images",
    setting: "runtimeImages",
    show: (s) => showPairs(s.runtimeImages),
    read: (value) => mapped(value, (runtimeImages) => ({ runtimeImages })),
  },
  {
    flag: "gpu-sharing-shared-pool-selector",
    setting: "sharedGpuPool",
    show: (s) => showPairs(s.sharedGpuPool),
    read: (value) => mapped(value, (sharedGpuPool) => ({ sharedGpuPool })),
  },
];

/** What was found in a list of operator flags. */
export type ParsedOperatorFlags = {
  readonly settings: Partial<OperatorSettings>;
  /** Names of the flags that were there and understood, without dashes. */
  readonly given: readonly string[];
  readonly faults: readonly string[];
  /** Settings whose value is a variable that nothing here can look up, as in `$(SIZE)`. */
  readonly unread: readonly OperatorSettingName[];
};

/**
 * Reads `--flag=value` and `--flag value` words, from one line or as container args. Flags that do not concern the model
 * cache are faults in `faults`, not errors: a running operator has many of them. The last of repeated flags wins. `asLlmkube`: values
 * that a flag should not have mean what LLMKube makes of them. Pure.
 */
export function parseOperatorFlags(
  words: string | readonly string[],
  { asLlmkube = false }: { readonly asLlmkube?: boolean } = {},
): ParsedOperatorFlags {
  const rest = typeof words === "string" ? words.split(/\s+/).filter(Boolean) : [...words];
  let settings: Partial<OperatorSettings> = {};
  const given = new Set<string>();
  const faults: string[] = [];
  const unread = new Set<OperatorSettingName>();
  while (rest.length > 0) {
    const { name, value } = takeFlag(rest);
    const read = readFlag(name, value, asLlmkube);
    if (typeof read === "string") faults.push(read);
    else {
      settings = { ...settings, ...read.settings };
      given.add(name);
      if (read.isVariable) unread.add(read.setting);
      else unread.delete(read.setting);
    }
  }
  return { settings, given: [...given], faults, unread: [...unread] };
}

const VARIABLE = /\$\([^)]*\)/;

type ReadFlag = {
  readonly setting: OperatorSettingName;
  readonly settings: Partial<OperatorSettings>;
  readonly isVariable: boolean;
};

/** The settings that the flag stands for, or what is wrong with it. */
function readFlag(name: string, value: string, asLlmkube: boolean): ReadFlag | string {
  const known = OPERATOR_FLAGS.find(({ flag }) => flag === name);
  if (known === undefined) return `"${name}" is not a known operator flag`;
  const { setting } = known;
  if (asLlmkube && VARIABLE.test(value)) return { setting, settings: {}, isVariable: true };
  const settings = known.read(value) ?? (asLlmkube ? known.misread?.(value) : undefined);
  return settings === undefined
    ? `--${name} cannot be "${value}"`
    : { setting, settings, isVariable: false };
}

/** Where a shown setting comes from; `unknown` has no value. */
export type ShownSetting = {
  readonly flag: string;
  readonly value: string | null;
  readonly source: "found" | "configured" | "default" | "unknown";
};

/** One row per setting under its flag's name; `given` are those that were really set. Pure. */
export function showOperatorSettings(
  settings: OperatorSettings,
  given: ReadonlySet<string>,
  source: "configured" | "found",
): ShownSetting[] {
  return OPERATOR_FLAGS.map(({ flag, setting, show }) =>
    settings.unknown.includes(setting)
      ? { flag: `--${flag}`, value: null, source: "unknown" }
      : {
          flag: `--${flag}`,
          value: show(settings),
          source: given.has(flag) ? source : "default",
        },
  );
}

/** Every setting but those that the flags decide. */
export function settingsWithout(flags: ReadonlySet<string>): OperatorSettingName[] {
  return OPERATOR_FLAGS.filter(({ flag }) => !flags.has(flag)).map(({ setting }) => setting);
}

/** The settings with LLMKube's defaults for what was not given. Pure. */
export function completeOperatorSettings(settings: Partial<OperatorSettings>): OperatorSettings {
  return { ...DEFAULT_OPERATOR_SETTINGS, ...settings };
}

/** Takes the first flag, and the following word when that is its value. Changes `rest`. */
function takeFlag(rest: string[]): { name: string; value: string } {
  const word = (rest.shift() ?? "").replace(/^--?/, "");
  const equals = word.indexOf("=");
  if (equals >= 0) return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  const next = rest[0];
  if (next === undefined || next.startsWith("-")) return { name: word, value: "true" };
  rest.shift();
  return { name: word, value: next };
}

/** `key=value,…`; null when a key or a value is missing. */
function mapped(
  value: string,
  toSettings: (pairs: Readonly<Record<string, string>>) => Partial<OperatorSettings>,
): Partial<OperatorSettings> | null {
  const pairs = commaList(value).map((pair) => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, Math.max(equals, 0)).trim(), pair.slice(equals + 1).trim()] as const;
  });
  if (pairs.some(([key, text]) => key === "" || text === "")) return null;
  return toSettings(Object.fromEntries(pairs));
}

function showPairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
