import { invalidField } from '../errors.js';
import { quote } from '../quote.js';
import { type HostPort, httpUrlProblem, MAX_ENDPOINT_LENGTH, parseHostPort } from './endpoint.js';

/** Where a dead letter goes. A bucket is a name within the DLQ streams themselves; all others are outside. */
export type Destination = { readonly kind: 'bucket'; readonly bucket: string } | OutsideDestination;
export type OutsideDestination = WebhookDestination | NatsDestination | AmqpDestination | KafkaDestination;
export type DestinationKind = OutsideDestination['kind'];

export interface WebhookDestination {
  readonly kind: 'webhook';
  readonly url: string;
}

export interface Broker extends HostPort {
  readonly tls: boolean;
}

export interface NatsDestination extends Broker {
  readonly kind: 'nats';
  readonly subject: string;
}

export interface AmqpDestination extends Broker {
  readonly kind: 'amqp';
  /** '' is the default exchange, which routes to the queue that the key names. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly vhost: string;
}

export interface KafkaDestination extends Broker {
  readonly kind: 'kafka';
  readonly topic: string;
}

type BrokerKind = 'nats' | 'amqp' | 'kafka';

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const SUBJECT = /^[A-Za-z0-9][\w$=+~:-]*(\.[\w$=+~:-]+)*$/;
const EXCHANGE = /^[\w.:-]{0,127}$/;
const ROUTING_KEY = /^[\w.:-]{1,127}$/;
const VHOST = /^[\w./:-]{1,127}$/;
const TOPIC = /^(?!\.{1,2}$)[\w.-]{1,249}$/;

const BROKER_SCHEMES: Readonly<Record<string, { kind: BrokerKind; tls: boolean; port: number }>> = {
  nats: { kind: 'nats', tls: false, port: 4_222 },
  'nats+tls': { kind: 'nats', tls: true, port: 4_222 },
  amqp: { kind: 'amqp', tls: false, port: 5_672 },
  amqps: { kind: 'amqp', tls: true, port: 5_671 },
  kafka: { kind: 'kafka', tls: false, port: 9_092 },
  'kafka+tls': { kind: 'kafka', tls: true, port: 9_093 },
};

const ALLOWED = {
  any: 'a bucket name, or a URL that begins with http://, https://, nats://, nats+tls://, amqp://, amqps://, kafka:// or kafka+tls://',
  bucket: 'a bucket name of 1 to 128 letters, digits, ".", "_" or "-", the first a letter or digit',
  webhook: 'http:// or https://, a host, and no user, password or fragment',
  nats: 'nats://host[:port]/subject or nats+tls://…, a subject without wildcards that begins with a letter or digit',
  amqp: 'amqp://host[:port]/exchange/key or amqps://…, then perhaps ?vhost=name; an empty exchange is the default one',
  kafka: 'kafka://host[:port]/topic or kafka+tls://…, a topic of 1 to 249 letters, digits, ".", "_" or "-"',
} as const;

/** @throws BoomerangError `invalid_request` that says what is wrong and what is allowed. */
export function parseDestination(text: string): Destination {
  if (text.length > MAX_ENDPOINT_LENGTH) {
    throw refusal(`${text.length} characters are too many`, `at most ${MAX_ENDPOINT_LENGTH}`);
  }
  const [, scheme, rest = ''] = /^([^:/]*):\/\/(.*)$/s.exec(text) ?? [];
  if (scheme === undefined) return parseBucket(text);
  const lowerCased = scheme.toLowerCase();
  if (lowerCased === 'http' || lowerCased === 'https') return parseWebhook(text);
  const broker = BROKER_SCHEMES[lowerCased];
  if (!broker) throw refusal(`the scheme of ${quote(text)} is unknown`, ALLOWED.any);
  return parseBrokerTopic(rest, broker);
}

/** Host and port of a destination outside, for people: parts that may be secret are left out. */
export function describeDestination(destination: OutsideDestination): string {
  if (destination.kind === 'webhook') return new URL(destination.url).origin;
  const { kind, tls, host, port } = destination;
  const scheme = kind === 'amqp' ? (tls ? 'amqps' : 'amqp') : tls ? `${kind}+tls` : kind;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function parseBucket(text: string): Destination {
  if (BUCKET.test(text)) return { kind: 'bucket', bucket: text };
  const allowed = text.includes(':') ? ALLOWED.any : ALLOWED.bucket;
  throw refusal(`${quote(text)} is not a bucket name`, allowed);
}

function parseWebhook(text: string): WebhookDestination {
  const problem = httpUrlProblem(text);
  if (problem) throw refusal(problem, ALLOWED.webhook);
  return { kind: 'webhook', url: text };
}

function parseBrokerTopic(
  rest: string,
  { kind, tls, port }: { kind: BrokerKind; tls: boolean; port: number },
): OutsideDestination {
  const refuse = (problem: string) => refusal(problem, ALLOWED[kind]);
  const [, authority = '', path = '', query = '', fragment = ''] =
    /^([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(rest) ?? [];
  if (authority.includes('@')) {
    throw refuse('it carries a user or password, which whoever runs the workers configures');
  }
  const hostPort = parseHostPort(/:\d*$/.test(authority) ? authority : `${authority}:${port}`);
  if (!hostPort) throw refuse(`${quote(authority)} is no host with an optional port`);
  if (fragment || (query && kind !== 'amqp')) throw refuse(`${quote(query || fragment)} means nothing here`);
  const address = { ...hostPort, tls };
  const name = path.slice(1);
  if (kind === 'amqp') return { kind, ...address, ...parseAmqpPath(name, query, refuse) };
  if (kind === 'nats') {
    if (!SUBJECT.test(name)) throw refuse(`${quote(name)} is no subject`);
    return { kind, ...address, subject: name };
  }
  if (!TOPIC.test(name)) throw refuse(`${quote(name)} is no topic`);
  return { kind, ...address, topic: name };
}

function parseAmqpPath(path: string, query: string, refuse: (problem: string) => Error) {
  const [exchange = '', routingKey = '', ...more] = path.split('/');
  if (!EXCHANGE.test(exchange)) throw refuse(`${quote(exchange)} is no exchange`);
  if (!ROUTING_KEY.test(routingKey) || more.length > 0) {
    throw refuse(`${quote([routingKey, ...more].join('/'))} is no routing key`);
  }
  const vhost = query ? /^\?vhost=([^&]*)$/.exec(query)?.[1] : '/';
  if (vhost === undefined || !VHOST.test(vhost)) throw refuse(`${quote(query)} names no virtual host`);
  return { exchange, routingKey, vhost };
}

function refusal(problem: string, allowed: string): Error {
  return invalidField('dlq.destination', problem, allowed);
}
