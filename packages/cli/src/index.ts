export { type Program, type ServiceName, type SpawnOptions, spawnService } from './service/spawn-service.js';
export { waitUntilReady } from './service/wait-until-ready.js';
