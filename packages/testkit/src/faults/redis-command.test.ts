import { expect, test } from 'vitest';
import { CommandReader } from './redis-command.js';

const GET = '*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n';
const PING = '*1\r\n$4\r\nPING\r\n';

test('finds commands wherever the stream is cut', () => {
  const stream = Buffer.from(GET + PING + GET);
  for (let cut = 0; cut <= stream.length; cut++) {
    const reader = new CommandReader();
    const commands = [...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))];
    expect(commands.map(({ args }) => args.map(String))).toEqual([
      ['GET', 'a\r\nb'],
      ['PING'],
      ['GET', 'a\r\nb'],
    ]);
    expect(Buffer.concat(commands.map(({ raw }) => raw))).toEqual(stream);
  }
});

test('says so when something else comes', () => {
  expect(() => new CommandReader().push(Buffer.from('PING\r\n'))).toThrow('not a command in RESP: "PING"');
});
