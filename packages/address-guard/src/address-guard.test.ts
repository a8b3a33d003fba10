import type { LookupAddress } from 'node:dns';
import { networkInterfaces } from 'node:os';
import { type Callback, hostPortOf } from '@boomerang/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { insideHosts, publicHosts } from '../test-support/inside-hosts.js';
import { AddressGuard } from './address-guard.js';
import { AddressRefusedError } from './address-refused-error.js';

const closed = new AddressGuard([]);

/** Answers in turn, the last one for good. */
function resolver(...answers: (string[] | Error | 'never')[]) {
  const asked: string[] = [];
  const resolve = (
    hostname: string,
    _options: unknown,
    callback: (error: Error | null, addresses: LookupAddress[]) => void,
  ) => {
    asked.push(hostname);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === 'never' || answer === undefined) return;
    if (answer instanceof Error) callback(answer, []);
    else
      callback(
        null,
        answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  };
  return { asked, resolve };
}

function lookup(guard: AddressGuard, name: string, { all = true, port = 80 } = {}) {
  return new Promise((resolve, reject) => {
    guard.lookupFor(port)(name, { all }, (error, address) => (error ? reject(error) : resolve(address)));
  });
}

/** One endpoint per protocol. */
function endpointsAt(host: string): Callback[] {
  const endpoint = `${host}:8080`;
  return [
    { protocol: 'HTTP', endpoint: `http://${endpoint}/` },
    { protocol: 'GRPC', endpoint },
    { protocol: 'TCP', endpoint },
    { protocol: 'UDP', endpoint },
  ];
}

describe('without any range allowed', () => {
  test.each(insideHosts)('%s may not be reached by any protocol', async (host) => {
    for (const callback of endpointsAt(host)) {
      const { host: dialled, port } = hostPortOf(callback);
      expect(() => closed.checkLiteral(dialled, port)).toThrow(AddressRefusedError);
      await expect(closed.checkHost(dialled, port, 10_000)).rejects.toThrow(AddressRefusedError);
    }
  });

  test.each(publicHosts)('%s is public', async (host) => {
    for (const callback of endpointsAt(host)) {
      const { host: dialled, port } = hostPortOf(callback);
      closed.checkLiteral(dialled, port);
      closed.check(dialled, port);
      await closed.checkHost(dialled, port, 10_000);
    }
  });

  test.each(['fe80::1%eth0', '[::1]', 'localhost', '', '127.1', '8.8.8.8.', '8.8.8.8 '])(
    '%j, as the address that was dialled, is refused',
    (address) => expect(() => closed.check(address, 80)).toThrow(AddressRefusedError),
  );
});

describe('a range that is allowed', () => {
  test('may be reached, its neighbours not', () => {
    const guard = new AddressGuard(['127.0.0.0/8', '10.1.2.3', 'fd00::/64', '::1']);
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', 'fd00::9', '::1'])
      guard.check(address, 80);
    guard.checkLiteral('localhost.', 80);
    for (const address of ['10.1.2.4', 'fd00:0:0:1::9', '::7f00:1']) {
      expect(() => guard.check(address, 80)).toThrow(AddressRefusedError);
    }
  });

  test.each([
    ['64:ff9b::/96', '64:ff9b::8.8.8.8', '64:ff9b::10.0.0.1'],
    ['2002::/16', '2002:808:808::1', '2002:a00:1::1'],
    ['2001::/32', '2001:0:808:808:0:0:f7f7:f7f7', '2001:0:808:808:0:0:f5ff:fffe'],
  ])('of %s leads to no inside IPv4 address', (range, good, bad) => {
    const guard = new AddressGuard([range]);
    guard.check(good, 80);
    expect(() => guard.check(bad, 80)).toThrow(/\(private\)/);
  });

  test('is refused at the start if it is none', () => {
    for (const range of ['127.0.0.0/33', 'localhost', '10.0.0', '']) {
      expect(() => new AddressGuard([range])).toThrow(/is neither a range in CIDR notation nor an address/);
    }
  });
});

describe('a name', () => {
  const named = (...answers: Parameters<typeof resolver>) =>
    new AddressGuard([], { resolve: resolver(...answers).resolve });

  test('passes if all of its addresses may be reached', async () => {
    const addresses = ['8.8.8.8', '2606:4700::1'];
    await named(addresses).checkHost('a.example', 80, 10_000);
    await expect(lookup(named(addresses), 'a.example')).resolves.toMatchObject([
      { family: 4 },
      { family: 6 },
    ]);
    await expect(lookup(named(addresses), 'a.example', { all: false })).resolves.toBe('8.8.8.8');
  });

  test.each([
    [['127.0.0.1']],
    [['8.8.8.8', '10.0.0.1']],
    [['10.0.0.1', '8.8.8.8']],
    [['8.8.8.8', '::ffff:127.0.0.1']],
    [['2606:4700::1', 'fe80::1%eth0']],
    [['8.8.8.8', 'no address']],
  ])('is refused if one of %j may not be, and which one is not told', async (addresses) => {
    const refusal = /^callbacks to a\.example \([a-z A-Z]+\) are not allowed$/;
    await expect(named(addresses).checkHost('a.example', 80, 10_000)).rejects.toThrow(refusal);
    await expect(lookup(named(addresses), 'a.example')).rejects.toThrow(refusal);
    await expect(lookup(named(addresses), 'a.example', { all: false })).rejects.toThrow(refusal);
  });

  test('that is unknown, has no address or takes too long passes until it is dialled', async () => {
    for (const answer of [new Error('ENOTFOUND'), []]) {
      await named(answer).checkHost('a.example', 80, 10_000);
      await expect(lookup(named(answer), 'a.example')).rejects.toThrow(/ENOTFOUND|has no address/);
    }
    await named('never').checkHost('a.example', 80, 20);
  });

  test('that changes between check and dial is refused at the dial', async () => {
    const guard = named(['8.8.8.8'], ['127.0.0.1']);
    await guard.checkHost('a.example', 80, 10_000);
    await expect(lookup(guard, 'a.example')).rejects.toThrow(AddressRefusedError);
  });
});

describe('the address of a socket', () => {
  const target = { host: 'a.example', port: 80 };

  test('is held against the same rules, and not told', () => {
    closed.checkDialled(target, { remoteAddress: '8.8.8.8' });
    const dialled = () => closed.checkDialled(target, { remoteAddress: '::ffff:10.0.0.1' });
    expect(dialled).toThrow('callbacks to a.example (private) are not allowed');
  });

  test('is there no more once the connection was reset: that is no refusal', () => {
    const afterReset = () => closed.checkDialled(target, { remoteAddress: undefined });
    expect(afterReset).toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
  });
});

describe('a refusal is for good', () => {
  const forGood = (refuse: () => unknown) => {
    try {
      refuse();
    } catch (error) {
      if (error instanceof AddressRefusedError) return error.forGood;
    }
    throw new Error('not refused');
  };

  test.each(insideHosts)('of %s', (host) => {
    const { host: dialled, port } = hostPortOf({ protocol: 'HTTP', endpoint: `http://${host}/` });
    expect(forGood(() => closed.checkLiteral(dialled, port))).toBe(true);
  });

  test('not of a name by the addresses that it has now', async () => {
    const guard = new AddressGuard([], { resolve: resolver(['10.0.0.1']).resolve });
    const refused = { name: 'AddressRefusedError', forGood: false };
    await expect(lookup(guard, 'a.example')).rejects.toMatchObject(refused);
    await expect(guard.checkHost('a.example', 80, 10_000)).rejects.toMatchObject(refused);
    const dialled = { remoteAddress: '10.0.0.1' };
    expect(forGood(() => guard.checkDialled({ host: 'a.example', port: 80 }, dialled))).toBe(false);
  });

  test('by a rule, but not by the addresses that a denied name, or this machine, has now', async () => {
    const deny = ['redis.example:6379', '9.9.9.9', '127.0.0.1:9973', '*:7000'];
    const guard = new AddressGuard(['0.0.0.0/0'], { deny, resolve: resolver(['8.8.4.4']).resolve });
    await guard.start();
    guard.close();
    const rules = ['9.9.9.9:1', '127.3.3.3:9973', 'localhost:9973', '10.0.0.1:7000', 'redis.example:6379'];
    for (const rule of rules) {
      const [host = '', port] = rule.split(':');
      expect(forGood(() => guard.checkLiteral(host, Number(port)))).toBe(true);
    }
    expect(forGood(() => guard.checkLiteral('8.8.4.4', 6_379))).toBe(false);
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const { address } of own.filter(({ family, internal }) => family === 'IPv4' && !internal)) {
      expect(forGood(() => guard.checkLiteral(address, 9_973))).toBe(false);
    }
  });
});

describe('what is denied stays closed', () => {
  const guards: AddressGuard[] = [];
  afterEach(() => {
    for (const guard of guards.splice(0)) guard.close();
  });
  async function everythingBut(deny: string[], ...answers: Parameters<typeof resolver>) {
    const guard = new AddressGuard(['0.0.0.0/0', '::/0'], { deny, resolve: resolver(...answers).resolve });
    guards.push(guard);
    await guard.start();
    return guard;
  }

  test('a range, at every port', async () => {
    const guard = await everythingBut(['10.0.0.0/8', 'fd00::5']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3', 'fd00::5']) {
      expect(() => guard.check(address, 80)).toThrow(/\(denied\)/);
      expect(() => guard.check(address, 9_999)).toThrow(/\(denied\)/);
    }
    guard.check('11.1.2.3', 80);
  });

  test('an address, at its port only', async () => {
    const guard = await everythingBut(['10.0.0.1:6379', '[fd00::1]:6379']);
    for (const address of ['10.0.0.1', 'fd00::1']) {
      expect(() => guard.check(address, 6_379)).toThrow(/\(denied\)/);
      guard.check(address, 6_380);
    }
    guard.check('10.0.0.2', 6_379);
  });

  test('this machine, by whatever address of its own', async () => {
    const own = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).map(({ address }) => address),
    );
    for (const denied of ['127.0.0.1:9973', 'localhost:9973', '0.0.0.0:9973', '[::1]:9973']) {
      const guard = await everythingBut([denied], ['127.0.0.1']);
      for (const address of [...own, '127.0.0.1', '127.3.3.3', '::1', '0.0.0.0', '::']) {
        expect(() => guard.check(address, 9_973)).toThrow(/\(denied\)/);
        guard.check(address, 9_974);
      }
      expect(() => guard.checkLiteral('localhost', 9_973)).toThrow(/\(denied\)/);
    }
  });

  test('a port of all addresses that are not public', async () => {
    const guard = await everythingBut(['*:6379']);
    for (const address of ['10.0.0.1', '127.0.0.1', 'fd00::1']) {
      expect(() => guard.check(address, 6_379)).toThrow(/\(denied\)/);
    }
    guard.check('8.8.8.8', 6_379);
  });

  test('a name, and every name of its addresses', async () => {
    const guard = await everythingBut(['redis.example:6379'], ['8.8.4.4']);
    for (const name of ['redis.example', 'REDIS.example.']) {
      expect(() => guard.checkLiteral(name, 6_379)).toThrow(/\(denied\)/);
      guard.checkLiteral(name, 80);
    }
    expect(() => guard.check('8.8.4.4', 6_379)).toThrow(/\(denied\)/);
    await expect(guard.checkHost('alias.example', 6_379, 10_000)).rejects.toThrow(/\(denied\)/);
    await expect(lookup(guard, 'alias.example', { port: 6_379 })).rejects.toThrow(/\(denied\)/);
    await expect(lookup(guard, 'alias.example', { port: 80 })).resolves.toMatchObject([
      { address: '8.8.4.4' },
    ]);
  });

  test.each(['', 'x', '10.0.0.1/33', '*:0', '*:x', 'host:0', 'a:b:1', 'http://a:1'])(
    '%j is refused at the start',
    (rule) => {
      expect(() => new AddressGuard([], { deny: [rule] })).toThrow(/is none of address ranges/);
    },
  );
});
