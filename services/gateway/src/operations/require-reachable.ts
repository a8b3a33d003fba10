import { type AddressGuard, AddressRefusedError } from '@boomerang/address-guard';
import { type Callback, hostPortOf, invalidField } from '@boomerang/domain';

/** Time for an endpoint's name to be resolved, ms. The worker checks again whenever it connects. */
const RESOLVE_LIMIT_MS = 1_000;

const ALLOWED = 'public addresses, and those that BOOMERANG_CALLBACK_ALLOW opens';

/** @throws BoomerangError `invalid_request` if callbacks may not reach the endpoint, as far as can be told now. */
export async function requireReachable(guard: AddressGuard, callback: Callback): Promise<void> {
  const { host, port } = hostPortOf(callback);
  try {
    await guard.checkHost(host, port, RESOLVE_LIMIT_MS);
  } catch (error) {
    if (!(error instanceof AddressRefusedError)) throw error;
    throw invalidField('callback.endpoint', error.message, ALLOWED);
  }
}
