import type { Server } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';

/** How often the gateway's state is looked at, ms. */
const LOOK_EVERY_MS = 1_000;

/**
 * Serves `grpc.health.v1.Health` for the server as a whole ("") and for each service: NOT_SERVING while the gateway can't
 * serve requests, and as soon as it closes.
 */
export function addStandardHealth(
  server: Server,
  services: readonly string[],
  trouble: () => Promise<string | undefined>,
): { close(): void } {
  const health = new HealthImplementation();
  let closed = false;
  function tell(status: ServingStatus): void {
    for (const service of ['', ...services]) health.setStatus(service, status);
  }
  async function look(): Promise<void> {
    const reason = await trouble().catch((error: Error) => error.message);
    if (!closed) tell(reason === undefined ? 'SERVING' : 'NOT_SERVING');
  }
  tell('NOT_SERVING');
  health.addToServer(server);
  void look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    close() {
      closed = true;
      clearInterval(timer);
      tell('NOT_SERVING');
    },
  };
}
