/** What an endpoint is told by, whatever else a callback says. */
export interface EndpointAddress {
  /** Such as `http://host:port`; no two protocols share one. */
  readonly origin: string;
  /** Without query; empty for protocols that have none. */
  readonly path: string;
}
