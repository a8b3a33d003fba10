import { expect, test } from 'vitest';
import { parseDependsOn, parseOnDependencyFailure } from './depends-on.js';

test.each([
  [undefined, []],
  ['', []],
  ['a', ['a']],
  ['a, b,a', ['a', 'b']],
  ['["a, b", "[c]"]', ['a, b', '[c]']],
  ['[]', []],
])('%s names %j', (text, names) => {
  expect(parseDependsOn(text)).toEqual(names);
});

const many = Array.from({ length: 1_001 }, (_, n) => `task-${n}`);

test('a thousand tasks can be waited for, and not one more', () => {
  expect(parseDependsOn(many.slice(1).join())).toHaveLength(1_000);
  expect(() => parseDependsOn(many.join())).toThrow(
    /^metadata.depends_on: 1001 tasks; allowed: at most 1000 names of tasks/,
  );
});

test.each([
  ['a,,b', '"" is no name of a task'],
  ['a\u0000', 'is no name of a task'],
  ['ä'.repeat(65), 'is no name of a task'],
  ['[1]', 'it is no JSON array of texts'],
  ['["a"', 'it is no JSON array of texts'],
])('%j is refused', (text, problem) => {
  expect(() => parseDependsOn(text)).toThrow(problem);
});

test('what becomes of it if one does not complete is one of two', () => {
  expect([parseOnDependencyFailure(), parseOnDependencyFailure('run')]).toEqual(['cancel', 'run']);
  expect(() => parseOnDependencyFailure('wait')).toThrow(
    'metadata.on_dependency_failure: "wait" is neither; allowed: cancel or run',
  );
});
