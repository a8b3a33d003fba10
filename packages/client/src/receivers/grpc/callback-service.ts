import { boomerang } from '@boomerang/protocol';
import type { MethodDefinition } from '@grpc/grpc-js';

type Request = boomerang.CallbackRequest.$Properties;
type Response = boomerang.CallbackResponse.$Properties;

const { CallbackRequest, CallbackResponse } = boomerang;

/** `boomerang.BoomerangCallback` for grpc-js, on the codecs of this project. */
export const callbackService: { readonly onTaskExpired: MethodDefinition<Request, Response> } = {
  onTaskExpired: {
    path: '/boomerang.BoomerangCallback/OnTaskExpired',
    requestStream: false,
    responseStream: false,
    requestSerialize: (request) => Buffer.from(CallbackRequest.encode(request).finish()),
    requestDeserialize: (bytes) => CallbackRequest.decode(bytes),
    responseSerialize: (response) => Buffer.from(CallbackResponse.encode(response).finish()),
    responseDeserialize: (bytes) => CallbackResponse.decode(bytes),
  },
};
