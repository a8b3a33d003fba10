import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DebianPick, debianCopy, freePort, runCommand } from '@boomerang/redis-server';
import { BrokerMissingError } from './broker-missing-error.js';
import { type BrokerProcess, startBroker } from './broker-process.js';

const ERLANG = [
  'base',
  'asn1',
  'crypto',
  'eldap',
  'ftp',
  'inets',
  'mnesia',
  'os-mon',
  'parsetools',
  'public-key',
];
const MORE_ERLANG = ['runtime-tools', 'snmp', 'ssl', 'syntax-tools', 'tftp', 'tools', 'xmerl'];

const DEBIAN_RABBITMQ: DebianPick = {
  wanted: 'rabbitmq-server',
  libraries: [...ERLANG, ...MORE_ERLANG].map((name) => `erlang-${name}`),
  prepare: makeRelocatable,
  async problem(root) {
    const erl = join(root, 'usr', 'lib', 'erlang', 'bin', 'erl');
    const { code, output } = await runCommand(erl, ['-noshell', '-eval', 'crypto:start(), halt(0).']);
    return code === 0 ? undefined : `Erlang does not run: ${output}`;
  },
};

/** Debian's `erl` looks for the rest where it would be installed. */
async function makeRelocatable(root: string): Promise<void> {
  const script = join(root, 'usr', 'lib', 'erlang', 'bin', 'erl');
  const text = await readFile(script, 'utf8');
  await writeFile(script, text.replaceAll('ROOTDIR=/usr/lib/erlang', `ROOTDIR=$(cd "$progdir/.." && pwd)`));
}

/**
 * A RabbitMQ from Debian's packages, with a port mapper of its own, which Erlang would otherwise leave behind.
 *
 * @throws BrokerMissingError where they can't be had.
 */
export async function startRabbitmq(): Promise<BrokerProcess> {
  const root = await debianCopy(DEBIAN_RABBITMQ).catch((error: Error) => {
    throw new BrokerMissingError(`no RabbitMQ from Debian: ${error.message}`);
  });
  const [port, distributionPort, mapperPort] = [await freePort(), await freePort(), await freePort()];
  const dataDir = await mkdtemp(join(tmpdir(), 'boomerang-rabbitmq-'));
  const mapper = await startBroker({
    command: await only(join(root, 'usr', 'lib', 'erlang'), /^erts-/, join('bin', 'epmd')),
    args: ['-port', String(mapperPort), '-address', '127.0.0.1'],
    port: mapperPort,
  });
  const config = join(dataDir, 'rabbitmq.conf');
  await writeFile(config, `listeners.tcp.1 = 127.0.0.1:${port}\nlog.console = true\nlog.file = false\n`);
  return startBroker({
    command: 'sh',
    args: [
      await only(join(root, 'usr', 'lib', 'rabbitmq', 'lib'), /^rabbitmq_server-/, 'sbin/rabbitmq-server'),
    ],
    env: {
      PATH: `${join(root, 'usr', 'lib', 'erlang', 'bin')}:${process.env.PATH}`,
      HOME: dataDir,
      ERL_EPMD_PORT: String(mapperPort),
      RABBITMQ_CONF_ENV_FILE: join(dataDir, 'none'),
      RABBITMQ_CONFIG_FILE: config,
      RABBITMQ_NODENAME: `boomerang-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_MNESIA_BASE: join(dataDir, 'mnesia'),
      RABBITMQ_LOG_BASE: join(dataDir, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(dataDir, 'plugins'),
      RABBITMQ_PID_FILE: join(dataDir, 'pid'),
      // Its script then becomes the server instead of standing beside it.
      NOTIFY_SOCKET: join(dataDir, 'none'),
    },
    port,
    async cleanUp() {
      await mapper.stop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  });
}

/** The file in the one folder of that name. */
async function only(parent: string, name: RegExp, file: string): Promise<string> {
  const folder = (await readdir(parent)).find((entry) => name.test(entry));
  if (folder === undefined) throw new Error(`${parent} has nothing named ${name}`);
  return join(parent, folder, file);
}
