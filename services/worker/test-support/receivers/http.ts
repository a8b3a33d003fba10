import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type boomerang, decodeEnvelope, encodeEnvelope } from '@boomerang/protocol';
import { type Behaviour, FLOOD, type StartReceiver } from './receiver.js';
import { streamReceiver } from './stream-receiver.js';

export const startHttpReceiver: StartReceiver = (behave) => {
  const received: boomerang.CallbackRequest.$Properties[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(decodeEnvelope(Buffer.concat(chunks)).callbackRequest ?? {});
      act(behave(), response, request.socket);
    });
  });
  return streamReceiver(
    server,
    (port) => ({ protocol: 'HTTP', endpoint: `http://127.0.0.1:${port}/` }),
    received,
  );
};

function act(behaviour: Behaviour, response: ServerResponse, socket: Socket): void {
  switch (behaviour) {
    case 'silence':
      break;
    case 'reset':
      socket.resetAndDestroy();
      break;
    case 'partial':
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', () => socket.resetAndDestroy());
      break;
    case 'garbage':
      socket.end('garbage\r\n\r\n');
      break;
    case 'flood':
      response.end(FLOOD);
      break;
    default: {
      const body = encodeEnvelope({ callbackResponse: behaviour.answer });
      setTimeout(() => response.end(body), behaviour.afterMs ?? 0);
    }
  }
}
