import {
  type DeliveryPolicy,
  type HeaderSeal,
  invalidField,
  type PolicyStore,
  quote,
  requireCustomHeaders,
  requirePolicyName,
} from '@boomerang/domain';
import { Deadline } from '../deadline.js';

interface PoliciesOptions {
  readonly store: Pick<PolicyStore, 'get' | 'defaultOf'>;
  readonly seal: Pick<HeaderSeal, 'seal'>;
  /** Names of headers that clients may set. */
  readonly allowedHeaders: readonly string[];
  readonly redisTimeoutMs: number;
}

/** Policies as one request has them. */
export type PoliciesOfRequest = Pick<Policies, 'named' | 'default' | 'withHeaders'>;

/** What the policies are that requests speak of. All methods reject with BoomerangError. */
export class Policies {
  constructor(private readonly options: PoliciesOptions) {}

  /** What the name stands for now. Rejects with `invalid_request` for a name that the client has not given. */
  async named(clientId: string, name: string): Promise<DeliveryPolicy> {
    requirePolicyName('policy', name);
    const found = await this.#reading(() => this.options.store.get(clientId, name));
    if (found) return found.policy;
    throw invalidField('policy', `there is none of the name ${quote(name)}`, 'the name of a stored policy');
  }

  /** The client's default; undefined if it has none. */
  async default(clientId: string): Promise<DeliveryPolicy | undefined> {
    return this.#reading(() => this.options.store.defaultOf(clientId));
  }

  /** The policy with headers for its callback over HTTP, whose values are sealed from here on. */
  async withHeaders(
    clientId: string,
    policy: DeliveryPolicy,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<DeliveryPolicy> {
    const { callback } = policy;
    if (callback?.protocol !== 'HTTP' || Object.keys(headers).length === 0) return policy;
    const own = requireCustomHeaders(headers, this.options.allowedHeaders);
    const sealed = await this.#reading(() => this.options.seal.seal(clientId, own));
    return { ...policy, callback: { ...callback, headers: sealed } };
  }

  /** The same, but each is asked for only once. */
  forOneRequest(): PoliciesOfRequest {
    const known = new Map<string, Promise<DeliveryPolicy | undefined>>();
    const once = <T extends DeliveryPolicy | undefined>(what: string, ask: () => Promise<T>): Promise<T> => {
      const asked = known.get(what) ?? ask();
      known.set(what, asked);
      return asked as Promise<T>;
    };
    return {
      named: (clientId, name) => once(`${clientId} ${name}`, () => this.named(clientId, name)),
      default: (clientId) => once(clientId, () => this.default(clientId)),
      withHeaders: (clientId, policy, headers) => this.withHeaders(clientId, policy, headers),
    };
  }

  #reading<T>(step: () => Promise<T>): Promise<T> {
    return new Deadline(this.options.redisTimeoutMs).reading(step);
  }
}
