import { type AuditAction, BoomerangError, parseClientKey } from '@boomerang/domain';
import type { AuditTrail } from './audit-trail.js';

/** An attempt to authenticate. */
interface Attempt {
  readonly action: AuditAction;
  readonly address: string;
  /** What is shown; only the public part of a key is written. */
  readonly shown: string;
}

interface Authenticated {
  readonly clientId: string;
  readonly keyId: string | undefined;
}

/** Makes an attempt to authenticate and notes how it ends. */
export async function audited<T extends Authenticated>(
  audit: Pick<AuditTrail, 'note'>,
  attempt: Attempt,
  make: () => Promise<T>,
): Promise<T> {
  const made = await noteFailure(audit, attempt, make);
  const { clientId, keyId = '' } = made;
  audit.note({ action: attempt.action, from: attempt.address, outcome: 'ok', clientId, keyId, details: {} });
  return made;
}

/** The same, for what happens so often that only failures are noted. */
export async function noteFailure<T>(
  audit: Pick<AuditTrail, 'note'>,
  { action, address, shown }: Attempt,
  make: () => Promise<T>,
): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const { code } = BoomerangError.from(error);
    const keyId = parseClientKey(shown)?.keyId ?? '';
    audit.note({ action, from: address, outcome: code, clientId: '', keyId, details: {} });
    throw error;
  }
}
