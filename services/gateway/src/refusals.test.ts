import { openSession, type Session } from '@boomerang/client';
import { boomerang, type DecodedEnvelope } from '@boomerang/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIVE_SESSION, openTestDoor } from '../test-support/test-door.js';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const { Status } = boomerang;
type Request = boomerang.BoomerangEnvelope.$Properties;

let gateway: TestGateway;
let connection: Awaited<ReturnType<typeof connectTo>>;
let session: Session;
beforeAll(async () => {
  gateway = await startTestGateway();
  connection = await connectTo(await gateway.open());
  const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;
  session = await openSession(connection, { token: gateway.tokens.shop, callback });
});
afterAll(() => gateway.stop());

/** The message that answers, whatever its kind. */
function messageOf(answer: DecodedEnvelope): unknown {
  return answer.payload && (answer as Request)[answer.payload];
}

test.each<[string, Request]>([
  ['authResponse', { authHandshake: {} }],
  ['sessionRefreshResponse', { sessionRefresh: {} }],
  ['registrationResponse', { registrationRequest: {} }],
  ['cancellationResponse', { cancellationRequest: {} }],
  ['getTaskResponse', { getTaskRequest: {} }],
  ['listTasksResponse', { listTasksRequest: {} }],
  ['listDeadLettersResponse', { listDeadLettersRequest: {} }],
  ['replayDeadLettersResponse', { replayDeadLettersRequest: { filter: {} } }],
  ['purgeDeadLettersResponse', { purgeDeadLettersRequest: { filter: {} } }],
])('%s says by a code, and to people, what was wrong', async (response, request) => {
  const answer = await connection.request(request);
  expect(answer.payload).toBe(response);
  expect(messageOf(answer)).toMatchObject({
    status: Status.UNAUTHORIZED,
    code: 'unauthorized',
    errorMessage: expect.stringMatching(/./),
  });
});

const unknownTask = '01890000-0000-7000-8000-000000000000';
test.each<[string, Request]>([
  ['session_expired', { sessionId: 'gone', sessionRefresh: {} }],
  ['not_found', { getTaskRequest: { taskId: unknownTask } }],
  ['not_found', { cancellationRequest: { taskId: 'none' } }],
  ['not_found', { listDeadLettersRequest: { deadLetterId: '0-1-0' } }],
  ['invalid_request', { registrationRequest: { delayMs: 2 ** 60 } }],
  ['invalid_request', { listTasksRequest: { nextToken: 'forged' } }],
])('%s is the code of %o', async (code, request) => {
  const answer = await connection.request({ sessionId: session.sessionId, ...request });
  expect(messageOf(answer)).toMatchObject({ code });
});

test('a task that has ended is told from one that never was', async () => {
  const { taskId } = await session.setTimeout('x', 0);
  await gateway.failAll();
  await expect(session.cancel(taskId)).rejects.toMatchObject({
    status: 'INVALID_REQUEST',
    code: 'already_ended',
    retry: 'useless',
  });
});

test('what has no answer of its own is answered with a reason and a code', async () => {
  const answer = await connection.request({ sessionId: session.sessionId });
  expect(answer.errorResponse).toMatchObject({
    status: Status.INVALID_REQUEST,
    code: 'INVALID_REQUEST',
    errorCode: 'invalid_request',
  });
});

test('what the key may not be used for is forbidden, and another session with it is no way out', async () => {
  const reader = { clientId: 'c', keyId: 'k', permissions: ['read'], policy: undefined } as const;
  const door = await openTestDoor({ sessions: { callerOf: () => reader } });
  const asReader = await connectTo(door.port);
  const answer = await asReader.request({ sessionId: LIVE_SESSION, registrationRequest: { delayMs: 1 } });
  expect(answer.registrationResponse).toMatchObject({
    status: Status.INVALID_REQUEST,
    code: 'forbidden',
    errorMessage: 'the key k lacks the permission "register"; it has: read',
  });
  await asReader.close();
  await door.close();
});
