import type { DeadLetterFilter, SessionOptions } from '@boomerang/client';
import { ERROR_CLASSES, type ErrorClass } from '@boomerang/domain';
import { badOption, parseTime } from '../../options.js';

/** The options that select dead letters, as they were typed. */
export interface FilterOptions {
  readonly bucket?: string;
  readonly since?: string;
  readonly until?: string;
  readonly errorClass?: string;
}

/** @throws Error that names the option and what is allowed. */
export function parseFilter({ bucket, since, until, errorClass }: FilterOptions): DeadLetterFilter {
  return {
    ...(bucket === undefined ? {} : { bucket }),
    ...(since === undefined ? {} : { afterMs: parseTime('--since', since) }),
    ...(until === undefined ? {} : { beforeMs: parseTime('--until', until) }),
    ...(errorClass === undefined ? {} : { errorClass: parseErrorClass(errorClass) }),
  };
}

function parseErrorClass(text: string): ErrorClass {
  const found = ERROR_CLASSES.find((errorClass) => errorClass === text);
  if (found) return found;
  throw badOption('--error-class', text, ERROR_CLASSES.join(', '));
}

/** @throws Error unless `text` is a whole number from 1 to `most`. */
export function parseCount(option: string, text: string, most: number): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw badOption(option, text, `a whole number from 1 to ${most}`);
}

const PROTOCOLS = { grpc: 'GRPC', tcp: 'TCP', udp: 'UDP' } as const;

/** Where to call back. The scheme names the protocol. */
export function parseCallback(option: string, text: string): NonNullable<SessionOptions['callback']> {
  const [, scheme = '', rest = ''] = /^(https?|grpcs?|tcp|udp):\/\/(.+)$/.exec(text) ?? [];
  if (scheme.startsWith('http')) return { protocol: 'HTTP', endpoint: text };
  if (scheme === 'grpcs') return { protocol: 'GRPC', endpoint: text };
  if (scheme) return { protocol: PROTOCOLS[scheme as keyof typeof PROTOCOLS], endpoint: rest };
  throw badOption(option, text, 'http://…, https://…, grpc://host:port, grpcs://…, tcp://… or udp://…');
}
