import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs/minimal.js';

/** Field 1 of a `google.protobuf.FileDescriptorSet`, its files. */
const FILE_TAG = 0x0a;

/**
 * The whole contract, each of its files as a serialized `google.protobuf.FileDescriptorProto`: what gRPC's server reflection
 * answers from. They stay as the compiler wrote them, with the full names of types: some clients can't resolve others.
 *
 * This file stays at the top of `src`: from here `../generated/` is right in the built package and in the image's
 * bundle alike.
 */
export function readContractDescriptors(): Buffer[] {
  const reader = protobuf.Reader.create(
    readFileSync(new URL('../generated/contract.binpb', import.meta.url)),
  );
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === FILE_TAG) files.push(Buffer.from(reader.bytes()));
    else reader.skipType(tag & 7);
  }
  return files;
}
