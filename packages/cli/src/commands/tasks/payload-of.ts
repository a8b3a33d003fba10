import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../../usage-error.js';

/** A payload that is given as an argument or as a file, as the API takes it. */
export async function payloadOf(payload: string | undefined, file: string | undefined): Promise<object> {
  if (payload !== undefined && file !== undefined)
    throw new UsageError('the payload is given twice: as an argument or with --file, not both');
  if (payload !== undefined) return { text: payload };
  if (file === undefined) return {};
  if (file === '-') return { base64: (await buffer(process.stdin)).toString('base64') };
  const bytes = await readFile(file).catch((error: Error) => {
    throw new UsageError(`--file: ${error.message}`);
  });
  return { base64: bytes.toString('base64') };
}
