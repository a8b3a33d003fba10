import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

const IMAGE = 'redis:7.2-alpine';

/** Takes a server's arguments, and the folder it is started in as the place of the data. */
const SCRIPT = `#!/bin/sh
port=6379
previous=
for argument in "$@"; do
  [ "$previous" = --port ] && port=$argument
  previous=$argument
done
docker rm --force "boomerang-redis-$port" >/dev/null 2>&1
exec docker run --rm --name "boomerang-redis-$port" --publish "127.0.0.1:$port:$port" \\
  --volume "$PWD:/data" --user "$(id -u):$(id -g)" ${IMAGE} redis-server "$@" --bind 0.0.0.0 --protected-mode no
`;

/** A command that runs the server in a container, or undefined where no engine answers. */
export async function dockerServer(cacheDir: string): Promise<string | undefined> {
  const engine = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], {
    timeoutMs: 5000,
  });
  if (engine.code !== 0) return undefined;
  await mkdir(cacheDir, { recursive: true });
  const script = join(cacheDir, 'redis-server-in-docker.sh');
  const draft = `${script}.${process.pid}`;
  await writeFile(draft, SCRIPT);
  await chmod(draft, 0o755);
  await rename(draft, script);
  return script;
}

/** SIGKILL for the server in the container: killing the docker client would leave it running. */
export async function killContainer(port: number): Promise<void> {
  await runCommand('docker', ['kill', `boomerang-redis-${port}`]);
}
