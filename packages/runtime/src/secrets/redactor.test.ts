import { expect, test } from 'vitest';
import { list } from '../settings/list.js';
import { string } from '../settings/string.js';
import { urlList } from '../settings/url-list.js';
import { createRedactor } from './redactor.js';

const meaning = 'Something to decide.';
const settings = {
  pepper: string({ variable: 'PEPPER', secret: true, meaning }),
  logins: list({ variable: 'LOGINS', secret: true, meaning }),
  redis: urlList({ variable: 'REDIS', schemes: ['redis'], meaning }),
  name: string({ variable: 'NAME', meaning }),
};

function redacted(env: Record<string, string>, text: string): string {
  return createRedactor(settings, env)(text);
}

test('hides a secret wherever it appears, as it is and within JSON', () => {
  const PEPPER = 'open\n"sesame"';
  expect(redacted({ PEPPER }, `it is ${PEPPER}, ${JSON.stringify({ PEPPER })}`)).toBe(
    'it is ***, {"PEPPER":"***"}',
  );
});

test("hides the password of a setting's URL, encoded and decoded, and not its host", () => {
  const REDIS = `redis://user:${encodeURIComponent('open/sesame')}@redis-host:1,redis://other:sesame12@b:2`;
  const text = 'AUTH user open/sesame, open%2Fsesame or sesame12 at redis-host';
  expect(redacted({ REDIS }, text)).toBe('AUTH user ***, *** or *** at redis-host');
});

test('hides passwords and tokens of a list of logins', () => {
  const LOGINS = 'nats://sesame-token@a, amqp://dead:open-sesame@b';
  expect(redacted({ LOGINS }, 'token sesame-token, password open-sesame')).toBe('token ***, password ***');
});

test('shows what is no secret, and words that a short secret is part of', () => {
  const env = { NAME: 'open sesame', PEPPER: 'red', REDIS: 'redis://:redis@host' };
  expect(redacted(env, 'open sesame: redis refused')).toBe('open sesame: redis refused');
});

test('a secret that is part of another leaves nothing of it', () => {
  const env = { PEPPER: 'sesame-sesame', LOGINS: 'nats://sesame-sesame-sesame@a' };
  expect(redacted(env, 'sesame-sesame-sesame')).toBe('***');
});
