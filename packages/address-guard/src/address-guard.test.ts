import { describe, expect, test } from 'vitest';
import { AddressGuard, AddressRefusedError } from './address-guard.js';

const closed = new AddressGuard([]);

describe('without any range allowed', () => {
  test.each(['93.184.216.34', '8.8.8.8', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(() => closed.check(address)).not.toThrow();
    },
  );

  test.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    '100::1',
    '4000::1',
    '[::1]',
    'localhost',
    '',
    '127.1',
  ])('%s may not be reached', (address) => {
    expect(() => closed.check(address)).toThrow(AddressRefusedError);
  });
});

test('a range that is allowed may be reached, its neighbours not', () => {
  const guard = new AddressGuard(['127.0.0.0/8', '10.1.2.3', 'fd00::/64']);
  for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '10.1.2.3', 'fd00::9']) guard.check(address);
  for (const address of ['10.1.2.4', 'fd00:0:0:1::9', '::1']) {
    expect(() => guard.check(address)).toThrow(AddressRefusedError);
  }
});

test('what is no range is refused at the start', () => {
  for (const range of ['127.0.0.0/33', 'localhost', '10.0.0', '']) {
    expect(() => new AddressGuard([range])).toThrow(/is neither a range in CIDR notation nor an address/);
  }
});

test('a name is refused if any of its addresses may not be reached', async () => {
  const lookup = (guard: AddressGuard) =>
    new Promise((resolve, reject) => {
      guard.lookup('localhost', { all: true }, (error, addresses) =>
        error ? reject(error) : resolve(addresses),
      );
    });
  await expect(lookup(closed)).rejects.toThrow(AddressRefusedError);
  await expect(lookup(new AddressGuard(['127.0.0.0/8', '::1/128']))).resolves.toBeDefined();
});
