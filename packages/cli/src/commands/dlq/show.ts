import type { DeadLetterInfo } from '@boomerang/client';
import { formatTable, formatTime, harmless, printJson, printLine } from '../../print.js';
import type { InSession } from './in-session.js';
import { toJson } from './to-json.js';

/** Prints one dead letter in full. */
export async function showDeadLetter(inSession: InSession, id: string, { json = false } = {}): Promise<void> {
  await inSession(async ({ deadLetters }) => {
    const letter = await deadLetters.get(id);
    if (json) printJson(toJson(letter));
    else for (const line of describe(letter)) printLine(line);
  });
}

function describe(letter: DeadLetterInfo): string[] {
  const { callback, retry } = letter;
  const cap = retry.strategy === 'EXPONENTIAL' ? `, at most ${retry.maxIntervalMs} ms` : '';
  const facts = [
    ['dead letter', letter.deadLetterId],
    ['came', formatTime(letter.deadLetteredAtMs)],
    ['bucket', harmless(letter.bucket)],
    ['task', `${letter.taskId}, occurrence ${letter.occurrence}, due ${formatTime(letter.scheduledTimeMs)}`],
    ...(letter.replayOf === undefined ? [] : [['replay of', letter.replayOf]]),
    ['callback', `${callback.protocol} ${harmless(callback.endpoint)}`],
    ['retry', `${retry.maxAttempts} attempts, ${retry.strategy}, ${retry.intervalMs} ms${cap}`],
    ['attempts', `${letter.attempts}, the last of them:`],
  ];
  const history = letter.history.map(({ attempt, atMs, durationMs, outcome, error }) => [
    `  ${attempt}`,
    formatTime(atMs),
    `${durationMs} ms`,
    outcome ?? 'unknown',
    harmless(error),
  ]);
  return [...formatTable(facts), ...formatTable(history), ...describePayload(letter.payload)];
}

/** As text if it is valid UTF-8, otherwise as base64. */
function describePayload(payload: Uint8Array): string[] {
  const bytes = Buffer.from(payload);
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes) && !/[^\P{Cc}\t\n]/u.test(text);
  return [
    `payload, ${bytes.length} bytes${isText ? '' : ' in base64'}:`,
    isText ? text : bytes.toString('base64'),
  ];
}
