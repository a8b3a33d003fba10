import { type AddressGuard, AddressRefusedError } from '@boomerang/address-guard';
import {
  type DeliveryPolicy,
  type Destination,
  type HostPort,
  hostPortOf,
  invalidField,
  parseDestination,
} from '@boomerang/domain';

/** Time for a name to be resolved, ms, so that Redis has the rest of the request's. Whoever connects checks again. */
const RESOLVE_LIMIT_MS = 500;

const OPEN = 'public addresses, and those that BOOMERANG_CALLBACK_ALLOW opens';
const ANOTHER =
  "another host or port: this one is closed by BOOMERANG_CALLBACK_DENY, or because it is Boomerang's own";

/**
 * @throws BoomerangError `invalid_request` if callbacks or dead letters may not reach where they are to go, as far as can
 * be told now.
 */
export async function requireReachable(
  guard: AddressGuard,
  { callback, dlq }: DeliveryPolicy,
): Promise<void> {
  const destination = hostPortOfDestination(parseDestination(dlq.destination));
  await Promise.all([
    callback && requireHost(guard, 'callback.endpoint', hostPortOf(callback)),
    destination && requireHost(guard, 'dlq.destination', destination),
  ]);
}

function hostPortOfDestination(destination: Destination): HostPort | undefined {
  if (destination.kind === 'bucket') return undefined;
  if (destination.kind !== 'webhook') return destination;
  return hostPortOf({ protocol: 'HTTP', endpoint: destination.url });
}

async function requireHost(guard: AddressGuard, field: string, { host, port }: HostPort): Promise<void> {
  try {
    await guard.checkHost(host, port, RESOLVE_LIMIT_MS);
  } catch (error) {
    if (!(error instanceof AddressRefusedError)) throw error;
    throw invalidField(field, error.message, error.denied ? ANOTHER : OPEN);
  }
}
