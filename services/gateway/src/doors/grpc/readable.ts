import { BoomerangError } from '@boomerang/domain';

/** Stands for a message whose bytes can't be decoded, so that its handler can answer with an error of this door. */
class Unreadable {
  constructor(readonly reason: string) {}
}

/** The methods of a service. Their handlers also get messages that can't be decoded, which gRPC would refuse itself. */
export function tolerant<Service extends object>(service: Service): Service {
  const methods = Object.entries(service as Record<string, Reading>).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer) => {
      try {
        return method.requestDeserialize(bytes);
      } catch (error) {
        return new Unreadable((error as Error).message);
      }
    };
    return [name, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(methods);
}

interface Reading {
  requestDeserialize(bytes: Buffer): unknown;
}

/** @throws BoomerangError `invalid_request` if the bytes of a message could not be read. */
export function requireReadable<Message>(message: Message): Message {
  if (!(message instanceof Unreadable)) return message;
  throw new BoomerangError('invalid_request', `the message can't be read: ${message.reason}`);
}
