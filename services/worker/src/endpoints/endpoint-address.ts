/** What identifies an endpoint; other settings of a callback do not. */
export interface EndpointAddress {
  /** Such as `http://host:port`; no two protocols share one. */
  readonly origin: string;
  /** Without query; empty for protocols that have none. */
  readonly path: string;
}
