/** A generated message class, as far as gRPC needs it. */
interface MessageType<Message, Decoded extends Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Decoded;
}

/** One RPC in the form that grpc-js takes; this package does not depend on it. */
export interface GrpcMethod<
  Request,
  DecodedRequest extends Request,
  Response,
  DecodedResponse extends Response,
> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => DecodedRequest;
  readonly responseSerialize: (response: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => DecodedResponse;
}

/**
 * Defines an RPC on the generated codecs.
 *
 * @param path `/package.Service/Method`.
 * @param streams true if both sides send any number of messages; default: one each.
 */
export function grpcMethod<
  Request,
  DecodedRequest extends Request,
  Response,
  DecodedResponse extends Response,
>(
  path: string,
  request: MessageType<Request, DecodedRequest>,
  response: MessageType<Response, DecodedResponse>,
  streams = false,
): GrpcMethod<Request, DecodedRequest, Response, DecodedResponse> {
  return {
    path,
    requestStream: streams,
    responseStream: streams,
    requestSerialize: (message) => toBuffer(request.encode(message).finish()),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: (message) => toBuffer(response.encode(message).finish()),
    responseDeserialize: (bytes) => response.decode(bytes),
  };
}

/** The same bytes: nothing is copied. */
function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
