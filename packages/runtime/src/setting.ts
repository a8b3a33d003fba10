export type SettingKind = 'boolean' | 'enum' | 'integer' | 'key' | 'list' | 'port' | 'string' | 'url-list';

/** The declaration of one environment variable. */
export interface Setting<T> {
  readonly variable: string;
  readonly kind: SettingKind;
  /** What an operator decides with it, in one sentence. */
  readonly meaning: string;
  /** `ms`, `bytes` …; absent where no unit is needed. */
  readonly unit?: string;
  readonly default?: T;
  /** Whether the service refuses to start without it. */
  readonly required: boolean;
  /** Its value is never shown. */
  readonly secret: boolean;
  /**
   * Returns the part of a bad value that may be shown, or undefined. Default: everything except secrets that are
   * recognized by their form.
   */
  readonly show?: (text: string) => string | undefined;
  /** Which values are allowed, as the end of "expected …". */
  readonly allowed: string;
  /** Whether an empty text is a value. Otherwise it counts as unset. */
  readonly emptyIsValue: boolean;
  /** Returns undefined if the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The part of a declaration that all kinds have in common. */
export interface Declaration<T> {
  variable: string;
  meaning: string;
  unit?: string;
  secret?: boolean;
  default?: T;
  required?: boolean;
}

/** A declaration of a setting that always has a value. */
export type Present<T> = { default: T } | { required: true };

interface Nature<T> {
  kind: SettingKind;
  allowed: string;
  emptyIsValue?: boolean;
  show?: (text: string) => string | undefined;
  parse: (text: string) => T | undefined;
}

/** Completes a declaration with the properties of its kind. */
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
