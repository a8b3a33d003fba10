import { expect, test } from 'vitest';
import { decodeTaskProgress } from './decode-task-progress.js';
import { spage } from './protobuf.js';

const { EarlyTaskProgressUpdate, TaskProgressUpdate, TaskStatus } = spage.core;
const result = { taskId: 3, taskName: 'install', status: TaskStatus.TASK_STATUS_COMPLETED };
const timestamp = { seconds: 1_756_000_000, nanos: 999_000_000 };

test('an update of a step is read as engines of today write it', () => {
  const bytes = TaskProgressUpdate.encode({ playId: 'p', taskId: 3, result, timestamp }).finish();
  expect(decodeTaskProgress(bytes)).toMatchObject({ playId: 'p', taskId: 3, result });
});

test('step 0, which is not on the wire, is read as step 0', () => {
  const bytes = TaskProgressUpdate.encode({ playId: 'p', result }).finish();
  expect(decodeTaskProgress(bytes)).toMatchObject({ playId: 'p', taskId: 0, result });
});

test('an update in the first shape is read, although its timestamp stands where there is a text today', () => {
  const bytes = EarlyTaskProgressUpdate.encode({ taskId: 'install', result, timestamp }).finish();
  expect(decodeTaskProgress(bytes)).toMatchObject({ playId: '', taskName: 'install', result, timestamp });
});
