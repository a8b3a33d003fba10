import { expect, test } from 'vitest';
import { REQUIRED_RULE } from '../../packages/redis/dist/access/required-access.js';
import { documentedRules } from './redis-rules.js';

test('docs/operations.md has the rule that services hold their Redis user against, and no more', () => {
  const [services, operators] = documentedRules();
  const least = ['on', '>PASSWORD', 'resetkeys', 'resetchannels', '-@all'];
  expect(services).toEqual([...least, ...REQUIRED_RULE.services]);
  expect(operators).toEqual(REQUIRED_RULE.operators);
});
