/** Why an address is refused that a rule closes. */
export const DENIED = 'denied';

/** An endpoint is at an address that callbacks may not reach. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  /** Whether a rule closes it whatever is allowed; otherwise nothing opens it. */
  readonly denied: boolean;

  /**
   * @param asked the address or name as it was asked for: what a name resolves to is nobody's business.
   * @param why such as `private`, or `DENIED`.
   * @param forGood whether no other time can bring another answer: what was asked for is refused by itself, not by
   * what a name resolves to now.
   */
  constructor(
    asked: string,
    why: string,
    readonly forGood: boolean,
  ) {
    super(`callbacks to ${asked} (${why}) are not allowed`);
    this.denied = why === DENIED;
  }
}
