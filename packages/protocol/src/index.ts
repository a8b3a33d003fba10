export { readContractDescriptors } from './contract-descriptors.js';
export { MAX_DATAGRAM_BYTES, mostDatagramPayloadBytes } from './datagram.js';
export { type DecodedEnvelope, decodeEnvelope } from './decode-envelope.js';
export { encodeEnvelope, encodeExactFrame, encodeFrame } from './encode-frame.js';
export { FrameDecoder } from './frame-decoder.js';
export { FrameError } from './frame-error.js';
export {
  DEFAULT_TCP_PORT,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_BYTES_BEFORE_SESSION,
} from './framing.js';
export { type GrpcMethod, grpcMethod } from './grpc-method.js';
export { MalformedEnvelopeError } from './malformed-envelope-error.js';
export { boomerang, google, spage } from './protobuf.js';
export { encodeRpcStatus, RPC_STATUS_TRAILER } from './rpc-status.js';
export { spageApiService } from './spage-api-service.js';
export { spageExecutionService } from './spage-execution-service.js';
export {
  formatWebhookSecret,
  matchesWebhook,
  parseWebhookSecret,
  signWebhook,
  type WebhookSignature,
} from './webhook-signature.js';
