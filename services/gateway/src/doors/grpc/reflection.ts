import { readContractDescriptors } from '@boomerang/protocol';
import type { Server } from '@grpc/grpc-js';
import type { EnumTypeDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/** Lets tools such as grpcurl ask which services there are and what their messages look like. */
export function addReflection(server: Server, services: readonly string[]): void {
  const format = 'Protocol Buffer 3 EnumDescriptorProto';
  const contract: EnumTypeDefinition = { format, type: {}, fileDescriptorProtos: readContractDescriptors() };
  new ReflectionService({ contract }, { services: [...services] }).addToServer(server);
}
