import { createHash } from 'node:crypto';
import type { BackoffStrategy, Callback, CallbackProtocol, DeliveryPolicy } from '@boomerang/domain';
import type { ScriptArgument } from '../engine/scripts.js';

/** A delivery policy as Redis holds it. */
export interface EncodedPolicy {
  /** 16 bytes: the policy's name. */
  readonly hash: Buffer;
  readonly json: string;
}

const encoded = new WeakMap<DeliveryPolicy, EncodedPolicy>();

export function encodePolicy(policy: DeliveryPolicy): EncodedPolicy {
  const known = encoded.get(policy);
  if (known) return known;
  const json = JSON.stringify(fieldsOf(policy));
  const hash = createHash('sha256').update(json).digest().subarray(0, 16);
  encoded.set(policy, { hash, json });
  return { hash, json };
}

/** How scripts take policies: their number, and hash and JSON of each, every one once. */
export function policyArguments(policies: readonly EncodedPolicy[]): ScriptArgument[] {
  const distinct = new Map(policies.map((policy) => [policy.json, policy]));
  return [distinct.size, ...[...distinct.values()].flatMap(({ hash, json }) => [hash, json])];
}

function fieldsOf({ callback, retry, dlq }: DeliveryPolicy) {
  return {
    callback: callback && encodeCallback(callback),
    retry: {
      maxAttempts: retry.maxAttempts,
      strategy: retry.strategy,
      intervalMs: retry.intervalMs,
      maxIntervalMs: retry.maxIntervalMs,
    },
    dlq: { destination: dlq.destination },
  };
}

/** Fields in a fixed order, without defaults, so that equal callbacks have the same hash. */
function encodeCallback(callback: Callback) {
  const { protocol, endpoint } = callback;
  if (protocol === 'HTTP') {
    const { method, headers } = callback;
    const own = {
      method: method === 'POST' ? undefined : method,
      headers: headers && { names: headers.names, sealed: headers.sealed },
    };
    if (callback.format !== 'RAW') return { protocol, endpoint, ...own };
    return { protocol, endpoint, format: 'RAW', rawContentType: callback.rawContentType, ...own };
  }
  return protocol === 'UDP' && callback.acked ? { protocol, endpoint, acked: true } : { protocol, endpoint };
}

/** A policy to be shown: parts that only a newer release knows are left out. */
export function decodePolicy(json: string): DeliveryPolicy {
  const { callback, retry, dlq } = JSON.parse(json) as DeliveryPolicy;
  return { callback, retry, dlq };
}

const PROTOCOLS: Readonly<Record<CallbackProtocol, true>> = { HTTP: true, GRPC: true, TCP: true, UDP: true };
const STRATEGIES: Readonly<Record<BackoffStrategy, true>> = { FIXED: true, EXPONENTIAL: true };

/**
 * A policy to be followed.
 *
 * @throws if it has a part that this release doesn't know, because it would not be followed as it was meant.
 */
export function decodeWholePolicy(json: string): DeliveryPolicy {
  const policy = decodePolicy(json);
  const { callback, retry } = policy;
  if (callback && !(callback.protocol in PROTOCOLS)) throw unreadable(`the protocol ${callback.protocol}`);
  if (!(retry.strategy in STRATEGIES)) throw unreadable(`the strategy ${retry.strategy}`);
  const unknown = fieldUnknownTo(fieldsOf(policy), JSON.parse(json));
  if (unknown) throw unreadable(`the field ${unknown}`);
  return policy;
}

function unreadable(what: string): Error {
  return new Error(`the delivery policy has ${what}, which only a newer release knows`);
}

/** The first field of `stored` that `known` has not. */
function fieldUnknownTo(known: object, stored: object): string | undefined {
  for (const [field, value] of Object.entries(stored)) {
    const same = (known as Record<string, unknown>)[field];
    if (same === undefined) return field;
    const inside = isObject(value) && isObject(same) ? fieldUnknownTo(same, value) : undefined;
    if (inside) return `${field}.${inside}`;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
