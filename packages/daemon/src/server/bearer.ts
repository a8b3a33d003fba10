import { createHash, timingSafeEqual } from 'node:crypto';
import { BoomerangError } from '@boomerang/domain';
import type { Metadata } from '@grpc/grpc-js';

/** Refuses calls that don't show the token, if there is one. @throws BoomerangError `unauthorized` */
export function requireBearer(metadata: Metadata, token: string | undefined): void {
  if (token === undefined) return;
  const [shown = ''] = metadata.get('authorization');
  if (timingSafeEqual(hash(String(shown)), hash(`Bearer ${token}`))) return;
  throw new BoomerangError('unauthorized', 'metadata authorization: expected "Bearer <token of the daemon>"');
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
