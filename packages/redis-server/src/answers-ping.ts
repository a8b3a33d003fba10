import { connect } from 'node:net';

/**
 * True if a server on that loopback port answers PING with PONG, which it does not while it is loading its data. With
 * `pid`, only if it is that process that answers.
 */
export function answersPing(port: number, pid?: number, timeoutMs = 500): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let reply = '';
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
    socket.on('connect', () => socket.write('INFO server\r\nPING\r\n'));
    socket.setEncoding('latin1').on('data', (text) => {
      reply += text;
      if (!/\r\n([+-])[^\r\n]*\r\n$/.test(reply)) return;
      const answeredBy = Number(/process_id:(\d+)/.exec(reply)?.[1]);
      finish(reply.endsWith('+PONG\r\n') && (pid === undefined || pid === answeredBy));
    });
  });
}
