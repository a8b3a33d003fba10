import { describeDestination, type OutsideDestination, parseDestination } from '@boomerang/domain';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * Logins for brokers, by scheme, host and port. A destination carries no login, because Redis keeps destinations in clear
 * text and commands show them.
 */
export class BrokerCredentials {
  readonly #logins: ReadonlyMap<string, Login>;

  /** @param urls as `isBrokerLogin` accepts them. */
  constructor(urls: readonly string[]) {
    this.#logins = new Map(urls.map(parseLogin));
  }

  of(destination: OutsideDestination): Login | undefined {
    return this.#logins.get(describeDestination(destination));
  }
}

/** Whether `text` is `scheme://user:password@host[:port]` of a broker. */
export function isBrokerLogin(text: string): boolean {
  try {
    parseLogin(text);
    return true;
  } catch {
    return false;
  }
}

function parseLogin(text: string): [broker: string, login: Login] {
  const [, scheme, user = '', password = '', authority] =
    /^((?:nats|nats\+tls|amqps?|kafka|kafka\+tls):\/\/)([^:@/\s]+)(?::([^:@/\s]*))?@([^@/\s]+)$/.exec(text) ??
    [];
  if (!scheme) throw new Error('not a login for a broker');
  const path = scheme.startsWith('amqp') ? '/exchange/key' : '/topic';
  const broker = describeDestination(parseDestination(scheme + authority + path) as OutsideDestination);
  return [broker, { user: decodeURIComponent(user), password: decodeURIComponent(password) }];
}
