import { ConfigError } from './config-error.js';
import { redactText } from './secrets/redact-text.js';
import type { Setting, Settings } from './setting.js';

/** How many characters of a bad value are shown. */
const MOST_SHOWN = 100;

/** The type of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The values of a set of settings after they were read. */
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** Declares a service's settings. The configuration object has the same property names. */
export function defineConfig<const S extends Settings>(settings: S): S {
  return settings;
}

/** Reads every setting. @throws ConfigError that names all settings that are missing or bad. */
export function readConfig<S extends Settings>(settings: S, env: Environment): ConfigOf<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const read = readSetting(setting, env[setting.variable]);
    if ('problem' in read) problems.push(read.problem);
    else values[name] = read.value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as ConfigOf<S>;
}

function readSetting(
  setting: Setting<unknown>,
  text: string | undefined,
): { value: unknown } | { problem: string } {
  if (text === undefined || (text === '' && !setting.emptyIsValue)) {
    if (!setting.required) return { value: setting.default };
    return { problem: `${setting.variable} is not set: expected ${setting.allowed}` };
  }
  const value = setting.parse(text);
  if (value !== undefined) return { value };
  return { problem: `${setting.variable} is ${shown(setting, text)}: expected ${setting.allowed}` };
}

/** The value on one line, without secrets. */
function shown({ secret, show = redactText }: Setting<unknown>, text: string): string {
  if (secret) return `a secret of ${text.length} characters`;
  const open = show(text);
  if (open === undefined) return `a text of ${text.length} characters that may hold a password`;
  return JSON.stringify(open.length > MOST_SHOWN ? `${open.slice(0, MOST_SHOWN)}…` : open);
}
