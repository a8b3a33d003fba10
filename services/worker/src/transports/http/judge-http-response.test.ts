import { boomerang, encodeEnvelope } from '@boomerang/protocol';
import { expect, test } from 'vitest';
import { judgeHttpResponse } from './judge-http-response.js';

const { Status } = boomerang;
const { Verdict } = boomerang.CallbackResponse;

interface Said {
  status?: number;
  headers?: Record<string, string | string[]>;
  envelope?: boomerang.CallbackResponse.$Properties;
  recurring?: boolean;
  raw?: boolean;
}

function judge({ status = 200, headers = {}, envelope, recurring = false, raw = false }: Said) {
  const body = envelope ? encodeEnvelope({ callbackResponse: envelope }) : Buffer.alloc(0);
  return judgeHttpResponse({ status, headers, body }, recurring, raw);
}

const verdict = (value: string | string[]) => ({ 'boomerang-verdict': value });
const rejected = (error: string) => ({ errorClass: 'rejected', error });

test.each([200, 201, 204, 299])('status %d acknowledges', (status) => {
  expect(judge({ status })).toEqual({ kind: 'delivered' });
});

test.each([302, 400, 404, 408, 500, 501])('status %d is a failure that the policy retries', (status) => {
  expect(judge({ status })).toEqual({ kind: 'retryable', ...rejected(`HTTP status ${status}`) });
});

test.each([502, 503, 504])('status %d says moreover that the receiver can serve nothing', (status) => {
  expect(judge({ status })).toMatchObject({ kind: 'retryable', outOfOrder: true });
});

test('410 stops a recurring task and dead-letters one that fires once', () => {
  expect(judge({ status: 410, recurring: true })).toEqual({ kind: 'stop' });
  expect(judge({ status: 410 })).toEqual({ kind: 'terminal', ...rejected('HTTP status 410') });
});

test.each([429, 503])('status %d may say when to come back: in seconds or by a date', (status) => {
  const told = (value: string) => judge({ status, headers: { 'retry-after': value } });
  expect(told('7')).toMatchObject({ kind: 'retryable', retryAfterMs: 7_000 });
  expect(told('0')).toMatchObject({ retryAfterMs: 0 });
  const retryAtMs = Date.UTC(1994, 10, 6, 8, 49, 37);
  expect(told('Sun, 06 Nov 1994 08:49:37 GMT')).toMatchObject({ retryAtMs });
  expect(told('Sunday, 06-Nov-94 08:49:37 GMT')).toMatchObject({ retryAtMs });
  expect(told('Sun Nov  6 08:49:37 1994')).toMatchObject({ retryAtMs });
});

test.each(['', '-1', '1.5', '1e3', 'soon', 'x7', '2027-01-01', 'Xyz, 99 Abc 2027 99:99:99 GMT'])(
  'a Retry-After of %j says nothing',
  (value) => {
    const outcome = judge({ status: 429, headers: { 'retry-after': value } });
    expect(outcome).toEqual({ kind: 'retryable', ...rejected('HTTP status 429') });
  },
);

test('Retry-After of another status says nothing', () => {
  expect(judge({ status: 500, headers: { 'retry-after': '7' } })).not.toHaveProperty('retryAfterMs');
});

test.each([200, 204, 410, 500, 503])('the header boomerang-verdict outranks status %d', (status) => {
  const by = (value: string) => judge({ status, recurring: true, headers: verdict(value) });
  expect(by('stop')).toEqual({ kind: 'stop' });
  expect(by(' Dead-Letter ')).toEqual({ kind: 'terminal', ...rejected('boomerang-verdict: dead-letter') });
  expect(by('RETRY')).toEqual({ kind: 'retryable', ...rejected('boomerang-verdict: retry') });
});

test('a verdict of retry may go with Retry-After, whatever the status', () => {
  const headers = { ...verdict('retry'), 'retry-after': '3' };
  expect(judge({ headers })).toMatchObject({ kind: 'retryable', retryAfterMs: 3_000 });
});

test.each(['done', 'dead_letter', '', ['retry', 'stop']])('a verdict of %j is ignored', (value) => {
  expect(judge({ headers: verdict(value) })).toEqual({ kind: 'delivered' });
  expect(judge({ status: 500, headers: verdict(value) })).toMatchObject({ kind: 'retryable' });
});

test("the header outranks the envelope's verdict, and that the status", () => {
  const envelope = { status: Status.OK, verdict: Verdict.RETRY, retryAfterMs: 9 };
  expect(judge({ envelope, headers: verdict('stop') })).toEqual({ kind: 'stop' });
  expect(judge({ envelope })).toMatchObject({ kind: 'retryable', retryAfterMs: 9 });
  const gone = { status: 410, recurring: true };
  expect(judge({ ...gone, envelope })).toMatchObject({ kind: 'retryable', retryAfterMs: 9 });
  const stop = { verdict: Verdict.STOP_RECURRENCE };
  expect(judge({ status: 500, envelope: stop })).toEqual({ kind: 'stop' });
});

test('an envelope without a verdict says less than a status that is no 2xx, and more than one that is', () => {
  expect(judge({ status: 500, envelope: { status: Status.OK } })).toMatchObject({ kind: 'retryable' });
  const error = { status: Status.ERROR, errorMessage: 'later' };
  expect(judge({ envelope: error })).toMatchObject({ error: 'the receiver answered ERROR: later' });
});

test.each([
  [Verdict.DEAD_LETTER, { kind: 'terminal', ...rejected('the receiver answered DEAD_LETTER: no') }],
  [Verdict.RETRY, { kind: 'retryable', ...rejected('the receiver answered RETRY: no') }],
  [Verdict.STOP_RECURRENCE, { kind: 'stop' }],
])('an envelope with verdict %d', (given, outcome) => {
  expect(judge({ envelope: { verdict: given, errorMessage: 'no' } })).toEqual(outcome);
});
