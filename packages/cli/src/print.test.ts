import { expect, test } from 'vitest';
import { formatTable, harmless } from './print.js';

test('columns are as wide as their widest cell', () => {
  expect(
    formatTable([
      ['ID', 'TIME'],
      ['1', 'now'],
      ['1000', ''],
    ]),
  ).toEqual(['ID    TIME', '1     now', '1000']);
});

test('what others wrote does not control the terminal', () => {
  expect(harmless('\u001b[2Jgone\r\nü\u009b')).toBe('\ufffd[2Jgone\ufffd\ufffdü\ufffd');
});
