type Grpc = typeof import('@grpc/grpc-js');

/** grpc-js, which only who receives over gRPC has to have installed. @throws an Error that says so. */
export async function loadGrpc(): Promise<Grpc> {
  try {
    const found: Grpc & { readonly default?: Grpc } = await import('@grpc/grpc-js');
    // Some bundlers give what a CommonJS module exports as its default alone.
    return found.Server === undefined && found.default ? found.default : found;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const help = 'a gRPC receiver needs the package @grpc/grpc-js: npm install @grpc/grpc-js';
    throw new Error(help, { cause });
  }
}
