/** grpc-js, which only who receives over gRPC has to have installed. @throws an Error that says so. */
export async function loadGrpc(): Promise<typeof import('@grpc/grpc-js')> {
  try {
    return await import('@grpc/grpc-js');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const help = 'a gRPC receiver needs the package @grpc/grpc-js: npm install @grpc/grpc-js';
    throw new Error(help, { cause });
  }
}
