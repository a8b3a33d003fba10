export interface GrpcReceiverTls {
  /** Private key in PEM, unencrypted. */
  readonly key: string | Buffer;
  /** Certificate chain in PEM, the receiver's own first. */
  readonly cert: string | Buffer;
}
