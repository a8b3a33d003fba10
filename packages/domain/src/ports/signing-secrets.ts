/** What the callbacks of clients are signed with. */
export interface SigningSecrets {
  /**
   * The keys of a client's live signing secrets, the newest first; none if its callbacks go unsigned.
   *
   * @throws when they can't be had, or can't be opened.
   */
  keysOf(clientId: string): Promise<readonly Uint8Array[]>;
}
