/** Reads one answer from a connection, whatever pieces it comes in. */
export interface AnswerReader<A> {
  /** Whether anything of it has come. */
  readonly begun: boolean;
  /** Takes the next bytes. @throws Error that says what in them the protocol does not allow. */
  read(chunk: Buffer): WholeAnswer<A> | undefined;
  /** To be called when the receiver has ended the connection, which may be the end of the answer. @throws as `read` does. */
  end(): WholeAnswer<A> | undefined;
}

export interface WholeAnswer<A> {
  readonly answer: A;
  /** How long the connection may wait for its next request, ms, by the answer; 0: it has to be closed. */
  readonly reuseMs: number;
}
