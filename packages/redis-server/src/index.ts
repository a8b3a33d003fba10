export type { RedisServerBinary } from './binary.js';
export { cacheDirFor } from './cache-dir.js';
export { debianCopy } from './debian-copy.js';
export { type DebianPick, libraryDirs } from './debian-packages.js';
export { type FindRedisServerOptions, findRedisServer } from './find-redis-server.js';
export { freePort } from './free-port.js';
export { onPath } from './path-lookup.js';
export { runCommand } from './run-command.js';
export { type RedisServer, type RedisServerOptions, startRedisServer } from './start-redis-server.js';
