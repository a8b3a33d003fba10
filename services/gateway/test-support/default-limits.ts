import { CLIENT_LIMITS, type ClientLimits, LIMIT_NAMES } from '@boomerang/domain';

/** The limits of a client where no setting says otherwise. */
export const DEFAULT_LIMITS = Object.fromEntries(
  LIMIT_NAMES.map((name) => [name, CLIENT_LIMITS[name].default]),
) as ClientLimits;
