import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A door in front of the API that can be shut: then nobody comes through it, and who is inside is cut off. */
export class ApiDoor {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#serve(socket));
  #isShut = false;

  private constructor(private readonly target: number) {}

  static async open(target: number): Promise<ApiDoor> {
    const door = new ApiDoor(target);
    door.#server.listen(0, '127.0.0.1');
    await once(door.#server, 'listening');
    return door;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  reopen(): void {
    this.#isShut = false;
  }

  close(): void {
    this.shut();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    if (this.#isShut) {
      socket.destroy();
      return;
    }
    const api = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [socket, api],
      [api, socket],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
