import { AUDIT_ACTIONS, CLIENT_LIMITS, PERMISSIONS } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { readFromRoot, tableUnder } from './markdown.js';

test('docs/clients.md tells every permission, in their order', () => {
  const rows = tableUnder(readFromRoot('docs/clients.md'), 'Permissions');
  expect(rows.map(({ permission }) => permission)).toEqual(PERMISSIONS);
});

test('docs/clients.md tells every limit as gateways know it', () => {
  const rows = tableUnder(readFromRoot('docs/clients.md'), 'Limits');
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  expect(rows).toEqual(
    Object.entries(CLIENT_LIMITS).map(([name, traits]) => ({
      limit: kebab(name),
      'setting for all clients': `BOOMERANG_CLIENT_${kebab(name).replaceAll('-', '_').toUpperCase()}`,
      default: String(traits.default),
      'what it limits': traits.meaning,
    })),
  );
});

test('docs/clients.md tells every action of the audit log', () => {
  const rows = tableUnder(readFromRoot('docs/clients.md'), 'The audit log');
  expect(rows.map(({ action }) => action)).toEqual(AUDIT_ACTIONS);
});
