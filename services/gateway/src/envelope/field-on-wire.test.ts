import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fieldOnWire } from './field-on-wire.js';

const repository = new URL('../../../../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, repository), 'utf8');
}

/** Sources in a folder, tests left out. */
function sources(folder: string, wanted: (file: string) => boolean = () => true): string[] {
  return readdirSync(new URL(folder, repository), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && wanted(file))
    .map((file) => read(`${folder}/${file}`));
}

/** Names of all fields of the contract. */
const contract = new Set(
  ['proto/boomerang.proto', 'proto/spage/api/tasks.proto'].flatMap((file) =>
    [...read(file).matchAll(/(\w+) = \d+;/g)].map(([, field]) => field ?? ''),
  ),
);

/** The keys of a Spage task's metadata are the client's own texts, and not fields. */
const METADATA = 'executions/metadata.ts';
const isOfMetadata = (name: string) => name.startsWith('metadata.');
/** Operations that only HTTP has, which spells fields as they do. */
const ONLY_OVER_HTTP = 'stats/';
const behindTheDoor = [
  ...sources('packages/domain/src', (file) => file !== METADATA),
  ...sources('services/gateway/src/operations', (file) => !file.startsWith(ONLY_OVER_HTTP)),
];
const withEnvelope = [...behindTheDoor, ...sources('services/gateway/src/envelope')];

/** The fields that errors name. */
const named = new Set(
  withEnvelope
    .flatMap((source) =>
      [
        ...source.matchAll(
          /(?:invalidField|requireWholeNumber|requireDeadLetterId|spell)\(\s*'([\w.]+)'|\bfield: '([\w.]+)'/g,
        ),
      ].map(([, first, second]) => first ?? second ?? ''),
    )
    .filter((name) => !isOfMetadata(name)),
);
/** `client` is for the name of a client on the command line, and used by no door; the others are given over HTTP alone. */
const NOT_OF_ENVELOPES = ['client', 'callback.headers', 'traceparent', 'policy', 'name'];
for (const name of NOT_OF_ENVELOPES) named.delete(name);

test('errors name fields, among them such as have a path', () => {
  expect([...named]).toEqual(
    expect.arrayContaining(['delayMs', 'retry.maxAttempts', 'filter.afterMs', 'key', 'sessionId', 'format']),
  );
  expect(named.size).toBeGreaterThan(25);
});

test.each([...named])('%s is a field of the contract in the spelling of the wire', (field) => {
  for (const part of fieldOnWire(field).split('.')) expect(contract).toContain(part);
});

test('a path is spelled part by part', () => {
  expect(fieldOnWire('retry.maxAttempts')).toBe('retry.max_attempts');
  expect(fieldOnWire('filter.afterMs')).toBe('filter.dead_lettered_after');
});

test('nothing behind the door spells a field of the contract', () => {
  const spelled = [...contract].filter((field) => field.includes('_'));
  const texts = behindTheDoor.flatMap((source) => source.match(/'[^'\n]*'|`[^`]*`/g) ?? []);
  const own = texts.filter((text) => !isOfMetadata(text.slice(1)));
  const found = own.filter((text) => spelled.some((field) => new RegExp(`\\b${field}\\b`).test(text)));
  expect(found).toEqual([]);
});
