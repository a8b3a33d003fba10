import { expect, test } from 'vitest';
import { createLogger } from './logger.js';

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
