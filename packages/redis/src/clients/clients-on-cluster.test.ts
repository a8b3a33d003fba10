import { randomBytes } from 'node:crypto';
import { startTestCluster, type TestCluster } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aPolicy, aTask, SETTINGS } from '../../test-support/test-engine.js';
import { loadScripts } from '../engine/scripts.js';
import { loadPartitionMap } from '../partitions/partition-map.js';
import { createTaskStore } from '../tasks/task-store.js';
import { createClientDirectory } from './client-directory.js';
import { listClients } from './read-clients.js';
import { removeClient } from './remove-client.js';
import { revokeKey } from './revoke-key.js';
import { createSessionStore } from './session-store.js';
import { showClient } from './show-client.js';
import { openSigningSecrets } from './signing-secrets.js';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
}, 60_000);
afterAll(() => cluster?.stop());

test('clients are listed, their keys revoked, and one removed with all it has, over all nodes of a Cluster', async () => {
  const { redis } = cluster;
  const directory = createClientDirectory(redis, 'a pepper of some length');
  const sessions = createSessionStore(redis, 60_000);
  const tasks = createTaskStore(loadScripts(redis), await loadPartitionMap(redis, 4), SETTINGS);
  const ids = Array.from({ length: 12 }, (_, i) => `client-${i}`);
  const keys: string[] = [];
  for (const id of ids) {
    await directory.create(id);
    for (let i = 0; i < 3; i++) keys.push(await directory.addKey(id));
  }
  const listed = await listClients(redis);
  expect(listed.map(({ clientId }) => clientId)).toEqual([...ids].sort());
  expect(listed.map((client) => client.keys.length)).toEqual(ids.map(() => 3));

  const [first = '', second = ''] = keys;
  const keyId = first.split('_')[1] as string;
  await revokeKey(redis, 'client-0', keyId);
  expect(await directory.authenticate(first)).toBeUndefined();
  expect(await directory.permissionsNow('client-0', keyId)).toBeUndefined();

  const good = await directory.authenticate(second);
  if (!good) throw new Error('the other key is not good');
  for (let i = 0; i < 8; i++) await sessions.open(good, aPolicy());
  for (let i = 0; i < 40; i++) await tasks.register('client-0', aPolicy(), aTask({ delayMs: 60_000 }));
  await (await openSigningSecrets(redis, randomBytes(32))).add('client-0');
  expect(await showClient(redis, 'client-0')).toMatchObject({ tasks: 40, deadLetters: 0, signingSecrets: 1 });
  expect(await removeClient(redis, 'client-0', { withTasks: true })).toMatchObject({
    keys: 2,
    sessions: 8,
    signingSecrets: 1,
    tasks: 40,
  });
  expect((await listClients(redis)).length).toBe(11);
  expect(await directory.authenticate(second)).toBeUndefined();
}, 60_000);
