import { expect, test } from 'vitest';
import { createLogger } from './logger.js';
import { createRedactor } from './secrets/redactor.js';
import { string } from './settings/string.js';

const settings = {
  pepper: string({ variable: 'BOOMERANG_PEPPER', secret: true, meaning: 'Something to decide.' }),
};

test('writes one JSON line with level name, ISO time, pid and service', () => {
  const lines: string[] = [];
  const logger = createLogger({ service: 'gateway', destination: { write: (line) => lines.push(line) } });
  logger.info({ sessions: 3 }, 'ready');
  logger.debug('not at this level');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  const entry = JSON.parse(lines[0] as string);
  expect(entry).toMatchObject({
    level: 'info',
    pid: process.pid,
    service: 'gateway',
    sessions: 3,
    msg: 'ready',
  });
  expect(new Date(entry.time).toISOString()).toBe(entry.time);
});

test('keeps silent below its level', () => {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'gateway',
    level: 'silent',
    destination: { write: (line) => lines.push(line) },
  });
  logger.fatal('nothing');
  expect(lines).toEqual([]);
});

test.each(['err', 'error', 'reason'])(
  'an error under the name %s says what it is, and not what it worked on',
  (name) => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'gateway', destination: { write: (line) => lines.push(line) } });
    const error = Object.assign(new TypeError('refused'), {
      code: 'ECONNREFUSED',
      port: 6379,
      command: { name: 'auth', args: ['user', 'sesame'] },
    });
    logger.warn({ [name]: error }, 'over');
    expect(JSON.parse(lines[0] as string)[name]).toEqual({
      type: 'TypeError',
      message: 'refused',
      stack: error.stack,
      code: 'ECONNREFUSED',
      port: 6379,
      command: 'auth',
    });
  },
);

test('hides secrets in every part of a line, and it stays JSON', () => {
  const lines: string[] = [];
  const redact = createRedactor(settings, { BOOMERANG_PEPPER: 'say "sesame"' });
  const logger = createLogger({
    service: 'gateway',
    redact,
    destination: { write: (line) => lines.push(line) },
  });
  const child = logger.child({ url: 'redis://user:sesame@host' });
  child.info({ deep: [{ text: 'say "sesame"', at: 'https://hook/?token=sesame' }] }, 'say "sesame"');
  expect(lines.join()).not.toContain('sesame');
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    url: 'redis://***@host',
    deep: [{ text: '***', at: 'https://hook/?***' }],
    msg: '***',
  });
});
