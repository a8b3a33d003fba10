import { ERROR_CLASSES } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { recordingConnection } from '../../test-support/recording-connection.js';
import type { RequestEnvelope } from '../connection/request-envelope.js';
import { pages } from '../session/pages.js';
import { resumeSession } from '../session/resume-session.js';
import type { DeadLetterSelection } from './selection.js';

/** Dead letters behind a gateway that answers with `replies` in turn, and what it was sent. */
function deadLettersBehind(...replies: RequestEnvelope[]) {
  const connection = recordingConnection(...replies);
  return { sent: connection.sent, deadLetters: resumeSession(connection, 's').deadLetters };
}

test('what the wire would turn into "any" or "all at once" is refused without asking the service', async () => {
  const { sent, deadLetters } = deadLettersBehind();
  const filters = [
    { errorClass: 'slow' as 'timeout' },
    { beforeMs: 0 },
    { beforeMs: Number.NaN },
    { afterMs: -1 },
  ];
  for (const filter of filters) {
    await expect(deadLetters.list({ filter })).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
    await expect(deadLetters.replay({ filter })).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
    await expect(deadLetters.purge({ filter })).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
  }
  const atOnce = { filter: {}, ratePerSecond: Number.NaN };
  await expect(deadLetters.replay(atOnce)).rejects.toThrow(
    "ratePerSecond: NaN can't be used; allowed: a whole number from 1 to 100000",
  );
  expect(sent).toEqual([]);
});

test('every error class can be asked for and is told', async () => {
  for (const errorClass of ERROR_CLASSES) {
    const { sent, deadLetters } = deadLettersBehind({ listDeadLettersResponse: {} });
    await deadLetters.list({ filter: { errorClass } });
    const code = sent[0]?.listDeadLettersRequest?.filter?.errorClass;
    const telling = deadLettersBehind({
      listDeadLettersResponse: { deadLetters: [{ errorClass: code ?? 0 }] },
    });
    expect((await telling.deadLetters.list()).deadLetters[0]?.errorClass).toBe(errorClass);
  }
});

test('pages go on with the token of the page before until there is none', async () => {
  const { sent, deadLetters } = deadLettersBehind(
    { purgeDeadLettersResponse: { purged: 2, nextToken: 'a' } },
    { purgeDeadLettersResponse: { purged: 0, nextToken: 'b' } },
    { purgeDeadLettersResponse: { purged: 1 } },
  );
  const selection: DeadLetterSelection = { filter: { bucket: 'orders' } };
  let purged = 0;
  for await (const page of pages((at) => deadLetters.purge({ ...selection, ...at }))) purged += page.purged;
  expect(purged).toBe(3);
  const asked = sent.map(({ purgeDeadLettersRequest: request }) => [
    request?.nextToken,
    request?.filter?.bucket,
  ]);
  expect(asked).toEqual([
    ['', 'orders'],
    ['a', 'orders'],
    ['b', 'orders'],
  ]);
});
