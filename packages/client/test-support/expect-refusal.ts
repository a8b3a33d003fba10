import { expect } from 'vitest';

/** Arguments as a program without types may give them. */
// biome-ignore lint/suspicious/noExplicitAny: what the types forbid is what is tested here.
export type Unchecked = any;

/** A bad argument, the field that the error names, and what its message says. */
export type Row = readonly [bad: Unchecked, field: string, message: string | RegExp];

export async function expectRefusal(
  call: () => unknown,
  field: string,
  message: string | RegExp,
): Promise<void> {
  const refused = (async () => call())();
  await expect(refused).rejects.toMatchObject({
    name: 'BoomerangClientError',
    status: 'INVALID_REQUEST',
    code: 'invalid_request',
    field,
  });
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow('; allowed: ');
}
