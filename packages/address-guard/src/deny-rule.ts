import { type HostPort, parseHostPort } from '@boomerang/domain';
import { parseRange, type Range } from './address-range.js';

/** What callbacks never reach, even where a range allows it. */
export type DenyRule =
  | { readonly kind: 'range'; readonly range: Range }
  /** `host:port`: the port at every address that the host has. */
  | ({ readonly kind: 'endpoint' } & HostPort)
  /** `*:port`: the port at every address that isn't public. */
  | { readonly kind: 'port'; readonly port: number };

export const ALLOWED_DENY_RULES = 'address ranges in CIDR notation, addresses, host:port or *:port';

export function parseDenyRule(text: string): DenyRule | undefined {
  const range = parseRange(text);
  if (range) return { kind: 'range', range };
  if (text.startsWith('*:')) {
    const endpoint = parseHostPort(`any${text.slice(1)}`);
    return endpoint && { kind: 'port', port: endpoint.port };
  }
  const endpoint = parseHostPort(text);
  return endpoint && { kind: 'endpoint', ...endpoint };
}

/** @throws for what `parseDenyRule` has no answer for. */
export function requireDenyRule(text: string): DenyRule {
  const rule = parseDenyRule(text);
  if (rule) return rule;
  throw new Error(`${JSON.stringify(text)} is none of ${ALLOWED_DENY_RULES}`);
}
