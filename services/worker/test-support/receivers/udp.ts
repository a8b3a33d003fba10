import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type boomerang, decodeEnvelope, encodeEnvelope } from '@boomerang/protocol';
import type { Behaviour, StartReceiver } from './receiver.js';

export const startUdpReceiver: StartReceiver = async (behave) => {
  const received: boomerang.CallbackRequest.$Properties[] = [];
  const ports = new Set<number>();
  const open = async (port: number) => {
    const opened = createSocket('udp4');
    opened.on('message', (datagram, from) => {
      ports.add(from.port);
      const envelope = decodeEnvelope(Buffer.from(datagram));
      received.push(envelope.callbackRequest ?? {});
      act(behave(), opened, from, envelope.requestId);
    });
    await new Promise<void>((done) => opened.bind(port, '127.0.0.1', done));
    return opened;
  };
  let socket = await open(0);
  const { port } = socket.address();
  return {
    callback: { protocol: 'UDP', endpoint: `127.0.0.1:${port}`, acked: true },
    received,
    get connections() {
      return ports.size;
    },
    open: 0,
    disconnect: () => undefined,
    stop: () => new Promise((done) => socket.close(done)),
    async start() {
      socket = await open(port);
    },
  };
};

function act(behaviour: Behaviour, socket: Socket, { port, address }: RemoteInfo, requestId: number): void {
  if (behaviour === 'garbage') socket.send('zzz', port, address);
  if (typeof behaviour === 'string') return;
  const late = encodeEnvelope({ requestId: requestId + 1, callbackResponse: { errorMessage: 'too late' } });
  const answer = encodeEnvelope({ requestId, callbackResponse: behaviour.answer });
  setTimeout(() => {
    socket.send(late, port, address);
    socket.send(answer, port, address);
  }, behaviour.afterMs ?? 0);
}
