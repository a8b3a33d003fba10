import { AddressGuard } from '@boomerang/address-guard';
import type { DeliveryPolicy } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { requireReachable } from './require-reachable.js';

const policy = (endpoint: string, destination = 'default'): DeliveryPolicy => ({
  callback: { protocol: 'TCP', endpoint },
  retry: { maxAttempts: 1, strategy: 'FIXED', intervalMs: 1, maxIntervalMs: 1 },
  dlq: { destination },
});
const guard = new AddressGuard(['127.0.0.0/8'], { deny: ['*:6379', '9.9.9.0/24'] });

test.each([
  ['10.0.0.1:80', 'callback.endpoint: callbacks to 10.0.0.1 (private)', /BOOMERANG_CALLBACK_ALLOW opens$/],
  ['127.0.0.1:6379', 'callback.endpoint: callbacks to 127.0.0.1 (denied)', /BOOMERANG_CALLBACK_DENY/],
  ['9.9.9.9:80', 'callback.endpoint: callbacks to 9.9.9.9 (denied)', /BOOMERANG_CALLBACK_DENY/],
])('%s is refused by the setting that closes it', async (endpoint, problem, setting) => {
  const error = await requireReachable(guard, policy(endpoint)).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ code: 'invalid_request', field: 'callback.endpoint' });
  expect(error?.message).toContain(problem);
  expect(error?.message).toMatch(setting);
  const [other = ''] = ['BOOMERANG_CALLBACK_ALLOW', 'BOOMERANG_CALLBACK_DENY'].filter(
    (name) => !setting.source.startsWith(name),
  );
  expect(error?.message).not.toContain(other);
});

test('a destination of dead letters too', async () => {
  await expect(requireReachable(guard, policy('127.0.0.1:80', 'nats://127.0.0.1:6379/x'))).rejects.toThrow(
    'dlq.destination: callbacks to 127.0.0.1 (denied) are not allowed; allowed: another host or port: this one is ' +
      "closed by BOOMERANG_CALLBACK_DENY, or because it is Boomerang's own",
  );
});

test('what is neither is let through', async () => {
  await requireReachable(guard, policy('127.0.0.1:80', 'http://8.8.8.8/'));
});
