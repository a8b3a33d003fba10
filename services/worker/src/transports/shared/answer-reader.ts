/** Reads one answer from a connection, whatever pieces it comes in. */
export interface AnswerReader<A> {
  /** Whether anything of it has come. */
  readonly begun: boolean;
  /** Takes the next bytes. @throws Error that says what of them the protocol does not allow. */
  read(chunk: Buffer): WholeAnswer<A> | undefined;
  /** The receiver has ended the connection: what has come is the answer, if that is one. @throws as `read` does. */
  end(): WholeAnswer<A> | undefined;
}

export interface WholeAnswer<A> {
  readonly answer: A;
  /** How long the connection may wait for its next request, ms, as far as the answer tells; 0: it has to be closed. */
  readonly reuseMs: number;
}
