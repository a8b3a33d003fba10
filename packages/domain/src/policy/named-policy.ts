import { invalidField } from '../errors.js';
import { quote } from '../quote.js';
import type { DeliveryPolicy } from './delivery-policy.js';

/** A delivery policy that a client has stored. What is registered by its name keeps what the name stood for then. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: DeliveryPolicy;
  /** Whether it holds for registrations that say nothing else. */
  readonly isDefault: boolean;
  /** ISO 8601. */
  readonly changedAt: string;
}

export const MOST_POLICIES = 100;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws BoomerangError `invalid_request` unless `text` can name a policy. */
export function requirePolicyName(field: string, text: string): void {
  if (NAME.test(text)) return;
  const allowed = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';
  throw invalidField(field, `${quote(text)} is no name of a policy`, allowed);
}
