import { createServer, type Socket } from 'node:net';
import { type boomerang, decodeEnvelope, encodeFrame, FrameDecoder } from '@boomerang/protocol';
import { type Behaviour, FLOOD, type StartReceiver } from './receiver.js';
import { streamReceiver } from './stream-receiver.js';

export const startTcpReceiver: StartReceiver = (behave) => {
  const received: boomerang.CallbackRequest.$Properties[] = [];
  const server = createServer((socket) => {
    const decoder = new FrameDecoder();
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        received.push(decodeEnvelope(Buffer.from(frame)).callbackRequest ?? {});
        act(behave(), socket);
      }
    });
  });
  return streamReceiver(server, (port) => ({ protocol: 'TCP', endpoint: `127.0.0.1:${port}` }), received);
};

function act(behaviour: Behaviour, socket: Socket): void {
  switch (behaviour) {
    case 'silence':
      break;
    case 'reset':
      socket.resetAndDestroy();
      break;
    case 'partial':
      socket.write(Buffer.from([0, 0, 0, 9, 1, 2]), () => socket.resetAndDestroy());
      break;
    case 'garbage':
      socket.write(Buffer.from([0, 0, 0, 3, 0xff, 0xff, 0xff]));
      break;
    case 'flood':
      socket.write(Buffer.concat([Buffer.from([0, 0x0f, 0x42, 0x40]), FLOOD]));
      break;
    default: {
      const frame = encodeFrame({ callbackResponse: behaviour.answer });
      setTimeout(() => socket.write(frame), behaviour.afterMs ?? 0);
    }
  }
}
