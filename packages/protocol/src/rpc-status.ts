import protobuf from 'protobufjs/minimal.js';
import { spage } from './protobuf.js';

/** Name of the trailer that carries a status with details; `-bin` makes gRPC send it as bytes. */
export const RPC_STATUS_TRAILER = 'grpc-status-details-bin';

const TYPE_URL = 'type.googleapis.com/spage.core.Error';

/**
 * A `google.rpc.Status` whose only detail is a `spage.core.Error`, for the trailer that gRPC's own clients read error
 * details from. The message is written by hand (https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto:
 * 1 code int32, 2 message string, 3 details repeated Any{1 type_url, 2 value}): it is the only one of its package.
 */
export function encodeRpcStatus(code: number, error: spage.core.Error.$Properties): Buffer {
  const writer = protobuf.Writer.create();
  writer.uint32(8).int32(code);
  writer.uint32(18).string(error.message ?? '');
  writer.uint32(26).fork();
  writer.uint32(10).string(TYPE_URL);
  writer.uint32(18).bytes(spage.core.Error.encode(error).finish());
  writer.ldelim();
  return Buffer.from(writer.finish());
}
