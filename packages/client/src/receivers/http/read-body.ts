import type { IncomingMessage } from 'node:http';

/** Hands the whole body to `done`, or undefined as soon as it is longer than `mostBytes`. Never calls when aborted. */
export function readBody(
  request: IncomingMessage,
  mostBytes: number,
  done: (body: Buffer | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let refused = false;
  request.on('data', (chunk: Buffer) => {
    if (refused) return;
    bytes += chunk.length;
    refused = bytes > mostBytes;
    if (refused) done(undefined);
    else chunks.push(chunk);
  });
  request.on('end', () => {
    if (!refused) done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  });
}
