import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirFor, freePort, onPath, runCommand } from '@boomerang/redis-server';
import { BrokerMissingError } from './broker-missing-error.js';
import { type BrokerProcess, startBroker } from './broker-process.js';

const VERSION = '3.9.1';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>boomerang</groupId><artifactId>kafka</artifactId><version>1</version><dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version>
</dependency></dependencies></project>`;

/**
 * A Kafka from Maven Central: one node that is broker and controller. Whoever asks it at 127.0.0.1 is told
 * to go on at 127.0.0.2.
 *
 * @throws BrokerMissingError without Java and Maven, or where Kafka can't be had.
 */
export async function startKafka(): Promise<BrokerProcess> {
  const classes = join(await fetchKafka(), '*');
  const [port, secondPort, controllerPort] = [await freePort(), await freePort(), await freePort()];
  const dataDir = await mkdtemp(join(tmpdir(), 'boomerang-kafka-'));
  const config = join(dataDir, 'server.properties');
  await writeFile(config, properties({ port, secondPort, controllerPort, dataDir }));
  const clusterId = randomBytes(16).toString('base64url');
  const format = ['-cp', classes, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', config];
  const { code, output } = await runCommand('java', format, { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`Kafka's storage was not formatted: ${output}`);
  return startBroker({
    command: 'java',
    args: ['-Xmx256m', '-cp', classes, 'kafka.Kafka', config],
    port,
    cleanUp: () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }),
  });
}

/** The folder with its libraries: kept from before, or fetched now. */
async function fetchKafka(): Promise<string> {
  for (const program of ['java', 'mvn']) {
    if (!(await onPath(program))) throw new BrokerMissingError(`no ${program} on PATH, which Kafka needs`);
  }
  const cacheDir = await cacheDirFor('kafka');
  const folder = join(cacheDir, VERSION);
  if (
    await access(folder).then(
      () => true,
      () => false,
    )
  )
    return folder;
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, '.fetch-'));
  try {
    await writeFile(join(work, 'pom.xml'), POM);
    const goal = [
      '-q',
      '-B',
      '-f',
      work,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${work}/libraries`,
    ];
    const { code, output } = await runCommand('mvn', goal, { timeoutMs: 120_000 });
    if (code !== 0) throw new BrokerMissingError(`Maven has no Kafka: ${output.slice(0, 500)}`);
    // Another process may have been there first.
    await rename(join(work, 'libraries'), folder).catch(() => access(folder));
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Properties {
  port: number;
  secondPort: number;
  controllerPort: number;
  dataDir: string;
}

function properties({ port, secondPort, controllerPort, dataDir }: Properties): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},SECOND://127.0.0.2:${secondPort},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.2:${secondPort},SECOND://127.0.0.2:${secondPort}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECOND:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${join(dataDir, 'data')}
offsets.topic.replication.factor=1
auto.create.topics.enable=false
`;
}
