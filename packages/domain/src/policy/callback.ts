export const DEFAULT_RAW_CONTENT_TYPE = 'application/octet-stream';

/** How a client wants to be called back. */
export type Callback = HttpCallback | GrpcCallback | TcpCallback | UdpCallback;

export type CallbackProtocol = Callback['protocol'];

export interface HttpCallback {
  readonly protocol: 'HTTP';
  /** `http://…` or `https://…`. */
  readonly endpoint: string;
  /** What the body is: an envelope (default), or the task's payload as it is. */
  readonly format?: 'ENVELOPE' | 'RAW';
  /** Content type of a RAW body. Default `application/octet-stream`. */
  readonly rawContentType?: string;
  /** Default `POST`. */
  readonly method?: HttpMethod;
  /** Headers of the client's own. */
  readonly headers?: SealedHeaders;
}

export const HTTP_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Headers whose values only workers read. */
export interface SealedHeaders {
  /** In lower case. */
  readonly names: readonly string[];
  /** Names and values, sealed under the master key for their client: base64. */
  readonly sealed: string;
}

export interface GrpcCallback {
  readonly protocol: 'GRPC';
  /** `host:port`, or `grpcs://host:port` for TLS. */
  readonly endpoint: string;
}

export interface TcpCallback {
  readonly protocol: 'TCP';
  /** `host:port`. */
  readonly endpoint: string;
}

export interface UdpCallback {
  readonly protocol: 'UDP';
  /** `host:port`. */
  readonly endpoint: string;
  /** Whether the receiver answers each datagram. If not, a sent datagram counts as delivered. Default false. */
  readonly acked?: boolean;
}
