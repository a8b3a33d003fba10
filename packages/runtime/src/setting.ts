export type SettingKind = 'boolean' | 'enum' | 'integer' | 'key' | 'list' | 'port' | 'string' | 'url-list';

/** One environment variable, declared once: everything there is to know about it. */
export interface Setting<T> {
  readonly variable: string;
  readonly kind: SettingKind;
  /** What an operator decides with it, in one sentence. */
  readonly meaning: string;
  /** `ms`, `bytes` …; absent where the number or text speaks for itself. */
  readonly unit?: string;
  readonly default?: T;
  /** A start without it is refused. */
  readonly required: boolean;
  /** Its value is never shown. */
  readonly secret: boolean;
  /** A bad value as it may be shown, undefined if none of it may; absent: all but what is secret by its form. */
  readonly show?: (text: string) => string | undefined;
  /** What a value may be, as the end of "expected …". */
  readonly allowed: string;
  /** Whether an empty text is a value; otherwise it counts as unset. */
  readonly emptyIsValue: boolean;
  /** Undefined if the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What every declaration says, whatever its kind. */
export interface Declaration<T> {
  variable: string;
  meaning: string;
  unit?: string;
  secret?: boolean;
  default?: T;
  required?: boolean;
}

/** A declaration whose value is there once the configuration was read. */
export type Present<T> = { default: T } | { required: true };

interface Nature<T> {
  kind: SettingKind;
  allowed: string;
  emptyIsValue?: boolean;
  show?: (text: string) => string | undefined;
  parse: (text: string) => T | undefined;
}

/** Completes a declaration with what its kind knows. */
export function setting<T>(declaration: Declaration<T>, nature: Nature<T>): Setting<T> {
  const { variable, meaning, unit, secret = false, required = false } = declaration;
  return {
    variable,
    meaning,
    required,
    secret,
    emptyIsValue: false,
    ...nature,
    ...(unit === undefined ? {} : { unit }),
    ...(declaration.default === undefined ? {} : { default: declaration.default }),
  };
}
