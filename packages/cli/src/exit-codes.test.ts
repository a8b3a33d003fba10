import { BoomerangClientError, ConnectError } from '@boomerang/client';
import { ConfigError } from '@boomerang/runtime';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { exitCodeOf } from './exit-codes.js';
import { badOption } from './options.js';

test.each([
  [new Error('whatever'), 1],
  [new BoomerangClientError('ERROR', '', { code: 'outcome_unknown' }), 1],
  [badOption('--limit', '0', 'more'), 2],
  [new ConfigError(['BOOMERANG_PORT: bad']), 2],
  [new CommanderError(1, 'commander.unknownOption', ''), 2],
  [new CommanderError(0, 'commander.helpDisplayed', ''), 0],
  [new BoomerangClientError('UNAUTHORIZED', '', { code: 'unauthorized' }), 3],
  [new BoomerangClientError('INVALID_REQUEST', '', { code: 'forbidden' }), 3],
  [new BoomerangClientError('INVALID_REQUEST', '', { code: 'not_found' }), 4],
  [new ConnectError('unreachable', ''), 5],
  [new BoomerangClientError('ERROR', '', { code: 'unavailable' }), 5],
  [new BoomerangClientError('INVALID_REQUEST', 'no gateway', { field: 'url' }), 5],
  [new DOMException('late', 'TimeoutError'), 5],
  [new BoomerangClientError('INVALID_REQUEST', '', { code: 'already_ended' }), 6],
  [new BoomerangClientError('ERROR', '', { code: 'exhausted' }), 7],
])('%s ends the program with %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
