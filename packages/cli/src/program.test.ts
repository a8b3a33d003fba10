import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createCheckoutProgram } from './checkout-program.js';

/** What a command ends with that is called so: an error, and what was printed about it. Nothing listens at port 1. */
async function told(words: string[]): Promise<string> {
  const env = { BOOMERANG_REDIS_URL: 'redis://127.0.0.1:1', BOOMERANG_TOKEN: 'bmr_test', ...GATEWAY };
  const program = createCheckoutProgram({ ...env, BOOMERANG_KEY_PEPPER: 'a pepper of tests' });
  let printed = '';
  const quiet = (command: Command) => {
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        printed += text;
      },
    });
    command.commands.forEach(quiet);
  };
  quiet(program);
  const error = await program.parseAsync(words, { from: 'user' }).then(
    () => new Error('it was taken'),
    (thrown: Error) => thrown,
  );
  return `${error.message}\n${printed}`;
}

const GATEWAY = { BOOMERANG_GATEWAY: 'tcp://127.0.0.1:1' };
const NAMES = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';
const TIMES = 'allowed: a time in the future: so many days, hours or minutes';

test.each<[string[], string, string]>([
  [['nonsense'], "unknown command 'nonsense'", 'client'],
  [['demo', '--wire'], "unknown option '--wire'\n(Did you mean --wires?)", '--keep'],
  [['start', 'now'], 'too many arguments', 'Usage: boomerang up'],
  [['tasks', 'list', 'now'], 'too many arguments', 'boomerang tasks list'],
  [['tasks', 'list', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)", '--limit'],
  [['tasks', 'list', '--limit', '0'], '--limit: "0"', 'a whole number from 1'],
  [['tasks', 'list', '--url', 'tcp://x'], '--url: "tcp://x"', 'allowed: http://host:port'],
  [['register', 'x'], "required option '--to <url>' not specified", 'Examples:\n  boomerang register'],
  [['register', 'x', '--to', 'http://a', '--file', '-'], 'the payload is given twice', 'not both'],
  [['register', '--to', 'http://a', '--file', 'none'], '--file: ENOENT', 'none'],
  [['register', '--to', 'http://a', '--attempts', 'many'], '--attempts: "many"', 'a whole number'],
  [['listen', '--answer', 'maybe'], '--answer: "maybe"', 'allowed: ok, error'],
  [['listen', '--protocol', 'smtp'], '--protocol: "smtp"', 'allowed: http, grpc, tcp, udp'],
  [['listen', '--port', '70000'], '--port: "70000"', 'a whole number from 0 to 65535'],
  [['completion', 'tcsh'], 'shell: "tcsh"', 'allowed: bash, zsh, fish'],
  [['client', 'nonsense'], "unknown command 'nonsense'", 'revoke-key'],
  [['client', 'create'], "missing required argument 'name'", 'Usage: boomerang client create'],
  [['client', 'create', ''], '"" is not a client\'s name', NAMES],
  [['client', 'create', 'a b'], '"a b" is not a client\'s name', NAMES],
  [['client', 'show', 'é'], '"é" is not a client\'s name', NAMES],
  [['client', 'remove', '-'], '"-" is not a client\'s name', NAMES],
  [['client', 'add-key', 'a/b'], '"a/b" is not a client\'s name', NAMES],
  [['client', 'revoke-key', 'a/b', 'k'], '"a/b" is not a client\'s name', NAMES],
  [['client', 'revoke-key', 'a'], "missing required argument 'key-id'", 'as `show` prints it'],
  [['client', 'secret', 'create', 'a/b'], '"a/b" is not a client\'s name', NAMES],
  [['client', 'secret', 'rotate', 'a/b'], '"a/b" is not a client\'s name', NAMES],
  [['client', 'secret', 'list', 'a/b'], '"a/b" is not a client\'s name', NAMES],
  [['client', 'secret', 'revoke', 'a/b', 's'], '"a/b" is not a client\'s name', NAMES],
  [['client', 'secret', 'revoke', 'a'], "missing required argument 'secret-id'", 'as `list` prints it'],
  [['client', 'create', 'a', '--permissions', 'root'], '--permissions: "root"', 'allowed: register, read'],
  [['client', 'create', 'a', '--expires', 'yesterday'], '--expires: "yesterday"', TIMES],
  [['client', 'create', 'a', '--expires', '0d'], '--expires: "0d"', TIMES],
  [['client', 'create', 'a', '--key-name', ''], '--key-name: ""', 'allowed: 1 to 100 characters'],
  [['client', 'list', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)", '--json'],
  [['client', 'dlq', 'list', '--limit', '0'], '--limit: "0"', 'a whole number from 1 to 1000000'],
  [['client', 'dlq', 'list', '--limit'], "option '--limit <n>' argument missing", 'how many at most'],
  [
    ['client', 'dlq', 'list', '--since', 'never'],
    '--since: "never"',
    'allowed: a day or a time with its zone',
  ],
  [['client', 'dlq', 'list', '--error-class', 'slow'], '--error-class: "slow"', 'allowed: connect, timeout'],
  [['client', 'dlq', 'show'], "missing required argument 'id'", 'Usage: boomerang client dlq show'],
  [['client', 'dlq', 'replay'], 'name dead letters by id', 'or --all'],
  [['client', 'dlq', 'replay', 'x', '--all'], 'by id or by options', 'not by both'],
  [['client', 'dlq', 'replay', 'x', '--rate', '0'], '--rate: "0"', 'a whole number from 1 to 100000'],
  [['client', 'dlq', 'replay', 'x', '--to', 'ftp://x'], '--to: "ftp://x"', 'allowed: http://'],
  [['client', 'dlq', 'purge', '--all'], 'this removes dead letters for good', 'add --yes'],
  [['client', 'partitions', 'raise', '0'], '"0" is no partition count', 'a whole number from 1 to 4096'],
  [
    ['client', 'partitions', 'raise', 'many'],
    '"many" is no partition count',
    'a whole number from 1 to 4096',
  ],
])('boomerang %s: the error says what it met and what is allowed', async (words, met, allowed) => {
  const text = await told(words);
  expect(text).toContain(met);
  expect(text).toContain(allowed);
});

test.each([
  ['tcp://gateway:99999', 'BOOMERANG_GATEWAY: "tcp://gateway:99999" can\'t be used', 'from 1 to 65535'],
])('the gateway %s is refused by name', async (gateway, met, allowed) => {
  const env = { BOOMERANG_GATEWAY: gateway, BOOMERANG_TOKEN: 'bmr_test' };
  const listing = createCheckoutProgram(env).parseAsync(['client', 'dlq', 'list'], { from: 'user' });
  await expect(listing).rejects.toThrow(met);
  await expect(listing).rejects.toThrow(allowed);
});
