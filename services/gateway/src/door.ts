/** A way into the gateway, as logs and metrics name it. */
export type Door = 'tcp' | 'grpc' | 'http';
