import { PERMISSIONS } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { readFromRoot, tableUnder } from './markdown.js';

test('docs/clients.md tells every permission, in their order', () => {
  const rows = tableUnder(readFromRoot('docs/clients.md'), 'Permissions');
  expect(rows.map(({ permission }) => permission)).toEqual(PERMISSIONS);
});
