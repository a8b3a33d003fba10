import { readFileSync } from 'node:fs';

/**
 * The whole contract as a serialized `google.protobuf.FileDescriptorSet`: what gRPC's server reflection answers from.
 *
 * This file stays at the top of `src`: from here `../generated/` is right in the built package and in the image's
 * bundle alike.
 */
export function readContractDescriptors(): Buffer {
  return readFileSync(new URL('../generated/contract.binpb', import.meta.url));
}
