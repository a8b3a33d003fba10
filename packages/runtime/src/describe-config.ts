import type { SettingKind, Settings } from './setting.js';

/** A setting as the documentation describes it. */
export interface SettingDescription {
  variable: string;
  kind: SettingKind;
  /** As it is written into the environment; undefined if the setting has no default. */
  default: string | undefined;
  unit: string | undefined;
  allowed: string;
  meaning: string;
  required: boolean;
  secret: boolean;
}

/** Every setting, in the order of its declaration. */
export function describeConfig(settings: Settings): SettingDescription[] {
  return Object.values(settings).map(
    ({ variable, kind, unit, allowed, meaning, required, secret, ...rest }) => ({
      variable,
      kind,
      default: rest.default === undefined ? undefined : String(rest.default),
      unit,
      allowed,
      meaning,
      required,
      secret,
    }),
  );
}
