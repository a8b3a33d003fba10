import { expect, test } from 'vitest';
import { type SubmissionRequest, validateSubmission } from './submission.js';

const request = (changes: Partial<SubmissionRequest> = {}): SubmissionRequest => ({
  name: 'task-123',
  type: 'playbook',
  priority: 'normal',
  payload: { playbook: 'main.yml', inventory: 'hosts.yml' },
  metadata: {},
  ...changes,
});
const withMetadata = (metadata: Record<string, string>) => validateSubmission(request({ metadata }));

test('a submission without metadata is due now, once, and has the defaults', () => {
  expect(validateSubmission(request())).toMatchObject({
    firstDue: { delayMs: 0 },
    repeatIntervalMs: 0,
    leaseMs: 30_000,
    timeoutMs: 0,
    expiresAfterMs: 0,
    policy: { callback: undefined, retry: { maxAttempts: 5, intervalMs: 1_000 } },
  });
});

test('metadata says when and how; the rest of it is kept for the executor', () => {
  const metadata = {
    at_ms: '1800000000000',
    repeat_interval_ms: '60000',
    max_attempts: '3',
    retry_interval_ms: '250',
    timeout_ms: '5000',
    lease_ms: '1000',
    expires_after_ms: '86400000',
    tags: 'nightly, eu',
    engine: 'anything',
  };
  expect(withMetadata(metadata)).toMatchObject({
    metadata,
    firstDue: { atMs: 1_800_000_000_000 },
    repeatIntervalMs: 60_000,
    leaseMs: 1_000,
    timeoutMs: 5_000,
    expiresAfterMs: 86_400_000,
    policy: { retry: { maxAttempts: 3, intervalMs: 250 } },
  });
});

test.each([
  [
    { delay_ms: '-1' },
    'metadata.delay_ms: "-1" is out of range; allowed: a whole number from 0 to 315576000000',
  ],
  [{ delay_ms: '' }, 'metadata.delay_ms'],
  [{ delay_ms: '1.5' }, 'metadata.delay_ms'],
  [{ delay_ms: '1e3' }, 'metadata.delay_ms'],
  [{ delay_ms: '315576000001' }, 'metadata.delay_ms'],
  [
    { delay_ms: '1', at_ms: '1' },
    'metadata.at_ms: metadata.delay_ms is given as well; allowed: one of the two',
  ],
  [{ at_ms: '99999999999999999999' }, 'metadata.at_ms'],
  [{ repeat_interval_ms: '99' }, 'metadata.repeat_interval_ms'],
  [{ max_attempts: '0' }, 'metadata.max_attempts'],
  [{ max_attempts: '101' }, 'metadata.max_attempts'],
  [{ retry_interval_ms: '0' }, 'metadata.retry_interval_ms'],
  [{ timeout_ms: 'none' }, 'metadata.timeout_ms'],
  [{ lease_ms: '999' }, 'metadata.lease_ms'],
  [{ expires_after_ms: '-1' }, 'metadata.expires_after_ms'],
  [{ lease_ms: '86400001' }, 'metadata.lease_ms'],
  [{ tags: 'a,,b' }, 'metadata.tags: "" is no tag'],
  [{ tags: 'a,b,c,d,e,f,g,h,i' }, 'metadata.tags: 9 tags'],
  [{ tags: 'x'.repeat(65) }, 'metadata.tags'],
  [{ tags: 'a\nb' }, 'metadata.tags'],
])('metadata %j is refused by name', (metadata, message) => {
  expect(() => withMetadata(metadata as Record<string, string>)).toThrow(message);
});

test.each([
  [{ type: '' }, 'type: it is empty'],
  [{ type: 'a b' }, 'type: "a b" is no type'],
  [{ type: 'x'.repeat(65) }, 'type'],
  [{ name: 'ä'.repeat(65) }, 'taskId: 130 bytes; allowed: at most 128 bytes'],
  [{ name: 'a\u0000' }, 'taskId: it has control characters'],
  [{ metadata: { depends_on: 'b,task-123' } }, 'metadata.depends_on: it names the task itself'],
  [{ payload: { key: 'x'.repeat(1_048_576) } }, 'payload: 1048579 bytes of keys and values'],
  [{ metadata: { key: 'x'.repeat(16_384) } }, 'metadata: 16387 bytes of keys and values'],
])('%j is refused by name', (changes, message) => {
  expect(() => validateSubmission(request(changes))).toThrow(message);
});
