import { expect, test } from 'vitest';
import type { DeadLetter } from '../../api/types.js';
import { groupsOf } from './groups.js';

function letter(id: string, errorClass: string, url?: string): DeadLetter {
  return {
    id,
    taskId: id,
    attempts: 1,
    dueAt: '',
    deadLetteredAt: '',
    errorClass,
    history: [],
    ...(url !== undefined && { callback: { url } }),
  };
}

test('dead letters are grouped by why and where, the largest group first, without the secrets of queries', () => {
  const groups = groupsOf([
    letter('1', 'timeout', 'http://a/x'),
    letter('2', 'rejected', 'http://a/x?token=1'),
    letter('3', 'rejected', 'http://a/x?token=2'),
    letter('4', 'rejected'),
  ]);
  expect(groups.map(({ errorClass, endpoint, letters }) => [errorClass, endpoint, letters.length])).toEqual([
    ['rejected', 'http://a/x', 2],
    ['timeout', 'http://a/x', 1],
    ['rejected', 'a daemon', 1],
  ]);
});
