import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { printed } from '../../test-support/printed.js';
import { listProfiles, removeProfile, setProfile, useProfile } from '../commands/profile/profiles.js';
import { UsageError } from '../usage-error.js';
import { findProfile, requireKey } from './find-profile.js';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-profile-'));
  env = { BOOMERANG_CONFIG: join(folder, 'deep', 'config.json') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function keep(name: string, url: string, token: string) {
  await setProfile({ ...env, BOOMERANG_TOKEN: token }, name, { url });
}

describe('which gateway is asked, and with which key', () => {
  test('an option goes before the environment, which goes before the profile that is used', async () => {
    await keep('prod', 'https://prod/', 'bmr_prod');
    expect(findProfile(env, {})).toMatchObject({ url: 'https://prod', key: 'bmr_prod' });
    const set = { ...env, BOOMERANG_URL: 'http://set', BOOMERANG_TOKEN: 'bmr_set' };
    expect(findProfile(set, {})).toMatchObject({ url: 'http://set', key: 'bmr_set' });
    expect(findProfile(set, { url: 'http://asked' })).toMatchObject({ url: 'http://asked', key: 'bmr_set' });
    expect(findProfile({ ...env, BOOMERANG_PROFILE: 'prod' }, {})).toMatchObject({ key: 'bmr_prod' });
  });

  test('a profile that is named brings its own key, whatever the environment says', async () => {
    await keep('prod', 'https://prod', 'bmr_prod');
    const set = { ...env, BOOMERANG_URL: 'http://set', BOOMERANG_TOKEN: 'bmr_set' };
    expect(findProfile(set, { profile: 'prod' })).toMatchObject({ url: 'https://prod', key: 'bmr_prod' });
  });

  test("a profile's key goes to no other URL", async () => {
    await keep('prod', 'https://prod', 'bmr_prod');
    const profile = findProfile(env, { url: 'http://elsewhere' });
    expect(profile.key).toBeUndefined();
    expect(() => requireKey(profile)).toThrow(/no key for http:\/\/elsewhere: set BOOMERANG_TOKEN/);
  });

  test.each([
    [{ url: 'tcp://x' }, '--url: "tcp://x"'],
    [{ url: 'http://a:b@x' }, 'allowed: http://host:port'],
    [{ profile: 'none' }, 'there is no profile "none": the profiles are prod'],
    [{ profile: '__proto__' }, 'there is no profile "__proto__"'],
  ])('%j is refused', async (options, message) => {
    await keep('prod', 'https://prod', 'bmr_prod');
    expect(() => findProfile(env, options)).toThrow(UsageError);
    expect(() => findProfile(env, options)).toThrow(message);
  });
});

describe('the file of profiles', () => {
  test('is for its owner alone, and its keys are never listed', async () => {
    await keep('a', 'http://a', 'bmr_secret');
    await keep('b', 'http://b', 'bmr_other');
    const file = env.BOOMERANG_CONFIG as string;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await printed(async () => listProfiles(env, {}))).toBe(
      'a\thttp://a\tkept\tyes\nb\thttp://b\tkept\tno\n',
    );
    expect(await printed(async () => listProfiles(env, { json: true }))).not.toContain('bmr_');
  });

  test('another profile is used, and one is removed', async () => {
    await keep('a', 'http://a', 'bmr_a');
    await keep('b', 'http://b', 'bmr_b');
    useProfile(env, 'b');
    expect(findProfile(env, {})).toMatchObject({ url: 'http://b' });
    removeProfile(env, 'b');
    expect(JSON.parse(readFileSync(env.BOOMERANG_CONFIG as string, 'utf8'))).toEqual({
      profiles: { a: { url: 'http://a', key: 'bmr_a' } },
    });
    expect(() => useProfile(env, 'b')).toThrow('there is no profile "b"');
    expect(() => removeProfile(env, 'b')).toThrow('there is no profile "b"');
  });

  test.each([
    '',
    '{',
    '[]',
    '{"profiles":{"a":{}}}',
    '{"profiles":{"a":{"url":"x","key":5}}}',
    '{"current":1,"profiles":{}}',
  ])('that is %j is told of, and not written over', async (text) => {
    await keep('a', 'http://a', 'bmr_a');
    const file = env.BOOMERANG_CONFIG as string;
    writeFileSync(file, text);
    expect(() => findProfile(env, {})).toThrow(`${file} can't be understood; allowed: {"current"`);
    await expect(keep('b', 'http://b', 'bmr_b')).rejects.toThrow(UsageError);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test.each(['', 'a b', '-a', '../a'])('takes no name %j', async (name) => {
    await expect(keep(name, 'http://a', 'bmr_a')).rejects.toThrow("can't be a profile's name");
  });
});
