import { expect, test } from 'vitest';
import type { ConnectedDaemon } from '../ports/execution-store.js';
import { waitingForDaemon } from './waiting-for-daemon.js';

const daemon = (changes: Partial<ConnectedDaemon> = {}): ConnectedDaemon => ({
  clientId: 'shop',
  daemonId: 'd1',
  instanceId: 'i1',
  version: '1.1',
  types: ['*'],
  slots: 2,
  labels: {},
  held: 0,
  draining: false,
  silentForMs: 0,
  ...changes,
});
const full = { held: 2 };

test.each<[string, Partial<ConnectedDaemon>[], string]>([
  ['nobody', [], 'no daemon for type playbook'],
  ['daemons of other types', [{ types: ['backup'] }], 'no daemon for type playbook'],
  ['one daemon without room', [full], '1 daemon for type playbook, all full'],
  [
    'two, of which one is full and one drains',
    [full, { draining: true }],
    '2 daemons for type playbook, all full',
  ],
  ['one that drains', [{ draining: true }], '1 daemon for type playbook, all draining'],
  ['one without slots', [{ slots: 0 }], '1 daemon for type playbook, all full'],
  ['one with room', [full, {}], ''],
  ['one with room for that very type', [{ types: ['backup', 'playbook'] }], ''],
])('with %s connected, a task of a type waits for …', (_who, daemons, reason) => {
  expect(waitingForDaemon('playbook', daemons.map(daemon))).toBe(reason);
});
