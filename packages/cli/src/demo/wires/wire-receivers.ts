import {
  type CallbackHandler,
  createGrpcReceiver,
  createHttpReceiver,
  createTcpReceiver,
  createUdpReceiver,
  type SessionOptions,
} from '@boomerang/client';
import type { Resources } from '@boomerang/runtime';

export type WireName = 'HTTP' | 'HTTP raw, signed' | 'gRPC' | 'TCP' | 'UDP' | 'UDP with acks';
type Callback = NonNullable<SessionOptions['callback']>;

/**
 * Opens a receiver for each protocol, which `resources` closes. Returns where to call them.
 *
 * @param secret the receiver of signed callbacks accepts only those that are signed with it.
 */
export async function openWireReceivers(
  onCallback: CallbackHandler,
  secret: string,
  resources: Resources,
): Promise<Record<WireName, Callback>> {
  const opened = async <T extends { close(): Promise<void> }>(
    name: string,
    opening: Promise<T>,
  ): Promise<T> => {
    const receiver = await opening;
    resources.defer(`${name} receiver`, () => receiver.close());
    return receiver;
  };
  const http = await opened('HTTP', createHttpReceiver({ onCallback }));
  const signed = await opened('raw', createHttpReceiver({ onCallback, format: 'RAW', secrets: [secret] }));
  const grpc = await opened('gRPC', createGrpcReceiver({ onCallback }));
  const tcp = await opened('TCP', createTcpReceiver({ onCallback }));
  const udp = await opened('UDP', createUdpReceiver({ onCallback }));
  const acking = await opened('acking UDP', createUdpReceiver({ onCallback }));
  return {
    HTTP: { protocol: 'HTTP', endpoint: http.url },
    'HTTP raw, signed': { protocol: 'HTTP', endpoint: signed.url, format: 'RAW' },
    gRPC: { protocol: 'GRPC', endpoint: grpc.endpoint },
    TCP: { protocol: 'TCP', endpoint: tcp.endpoint },
    UDP: { protocol: 'UDP', endpoint: udp.endpoint },
    'UDP with acks': { protocol: 'UDP', endpoint: acking.endpoint, acked: true },
  };
}
