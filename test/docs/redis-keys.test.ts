import { describe, expect, test } from 'vitest';
import { globalKeys, partitionKeys, TICKET_QUEUE } from '../../packages/redis/dist/partitions/keys.js';
import { readFromRoot, tableUnder } from './markdown.js';

const page = readFromRoot('docs/redis-keys.md');
const documentedUnder = (heading: string) => tableUnder(page, heading).map(({ key }) => key);

describe('docs/redis-keys.md', () => {
  test('tells every key that belongs to no partition', () => {
    const placeholders = {
      session: '<session id>',
      client: '<client id>',
      clientKey: '<key id>',
      keyUse: '<key id>',
      clientLimits: '<client id>',
      defaultPolicy: '<client id>',
      policies: '<client id>',
      signingSecrets: '<client id>',
    };
    const actual = Object.entries(globalKeys).map(([name, key]) =>
      typeof key === 'string' ? key : key(placeholders[name as keyof typeof placeholders]),
    );
    expect(documentedUnder('Keys of no partition')).toEqual(actual);
  });

  test('tells every key of a partition', () => {
    const suffixes: Record<string, string> = {
      recordPrefix: '<task id>',
      clientPrefix: '<client id>',
      deadLetterPrefix: '<client id>',
      eventPrefix: '<client id>',
      executionPrefix: '…',
      overduePrefix: '<client id>',
      bucketPrefix: '<client id>',
      tagPrefix: '<client id>:<tag>',
      reservationPrefix: '<name>',
      receiptPrefix: '<task id>',
      queuePrefix: `:${TICKET_QUEUE}:…`,
      probePrefix: '<kind>',
    };
    const actual = Object.entries(partitionKeys(1)[0] ?? {}).map(
      ([name, key]) => key.replace(/^\{\w+\}/, '{<tag>}') + (suffixes[name] ?? ''),
    );
    expect(documentedUnder('Keys of a partition')).toEqual(actual);
  });

  test('tells the tags of four partitions', () => {
    const tags = partitionKeys(4).map(({ due }) => /^\{(\w+)\}/.exec(due)?.[1]);
    expect(page).toContain(`four partitions they are ${tags.map((tag) => `\`${tag}\``).join(', ')}.`);
  });

  test('shows the layouts as the scripts have them', () => {
    const layouts = ['record', 'parts', 'history'].map((library) => {
      const header = readFromRoot(`packages/redis/scripts/lib/${library}.lua`);
      return /^-- \w+ ?\w*:[ ]{2,}[\s\S]*?(?=\n--?$)/m.exec(header)?.[0].replace(/^-- /gm, '');
    });
    expect(page).toContain(`\`\`\`\n${layouts.join('\n')}\n\`\`\``);
  });

  test('shows the layout of a reservation as names.lua has it', () => {
    const header = readFromRoot('packages/redis/scripts/lib/names.lua');
    const layout = /^-- (reservation:.*)$/m.exec(header)?.[1]?.replace(/ +/g, ' ');
    expect(page.replace(/ +/g, ' ')).toContain(`\n${layout}\n`);
  });
});
