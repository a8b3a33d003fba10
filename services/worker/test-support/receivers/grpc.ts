import { createServer, type ServerHttp2Stream } from 'node:http2';
import { boomerang } from '@boomerang/protocol';
import { type Behaviour, FLOOD, type StartReceiver, type TestReceiver } from './receiver.js';
import { streamReceiver } from './stream-receiver.js';

/** Bytes in front of a message. */
const PREFIX_BYTES = 5;

export const startGrpcReceiver: StartReceiver = async (behave) => {
  const received: boomerang.CallbackRequest.$Properties[] = [];
  const server = createServer();
  let receiver: TestReceiver | undefined;
  server.on('sessionError', () => undefined);
  server.on('stream', (stream) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const message = Buffer.concat(chunks).subarray(PREFIX_BYTES);
      received.push(boomerang.CallbackRequest.decode(message));
      act(behave(), stream, () => receiver?.disconnect());
    });
  });
  receiver = await streamReceiver(
    server,
    (port) => ({ protocol: 'GRPC', endpoint: `127.0.0.1:${port}` }),
    received,
  );
  return receiver;
};

function act(behaviour: Behaviour, stream: ServerHttp2Stream, disconnect: () => void): void {
  switch (behaviour) {
    case 'silence':
      break;
    case 'reset':
      disconnect();
      break;
    case 'partial':
      respond(stream);
      stream.write('abc', () => setTimeout(disconnect, 20));
      break;
    case 'garbage':
      respond(stream);
      stream.end('garbage');
      break;
    case 'flood':
      respond(stream);
      stream.end(FLOOD);
      break;
    default:
      setTimeout(() => {
        if (stream.destroyed) return;
        respond(stream);
        stream.end(framed(boomerang.CallbackResponse.encode(behaviour.answer).finish()));
      }, behaviour.afterMs ?? 0);
  }
}

function respond(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
}

function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
