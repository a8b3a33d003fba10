import type { Socket } from 'node:net';

/** Longest line, bytes: a chunk of output in base64 is the longest thing that is sent. */
const MOST_BYTES = 4 * 1_048_576;

/** Calls `take` with each line of JSON that arrives. What is no JSON, or too long, ends the connection. */
export function readJsonLines<Message>(socket: Socket, take: (message: Message) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST_BYTES) socket.destroy();
    try {
      for (const line of lines) take(JSON.parse(line) as Message);
    } catch {
      socket.destroy();
    }
  });
}

export function writeJsonLine(socket: Socket, message: object): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}
