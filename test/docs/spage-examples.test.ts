import { spage, spageApiService } from '@boomerang/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hello, SpageClient } from '../../services/gateway/test-support/spage-client.js';
import { startTestGateway, type TestGateway } from '../../services/gateway/test-support/test-gateway.js';
import { differences, grpcurlExamples, withVariables } from './grpcurl-examples.js';
import { readFromRoot } from './markdown.js';

const page = readFromRoot('docs/spage.md');
const examples = grpcurlExamples(page);

let gateway: TestGateway;
let port: number;
let isCompleted: (taskId: string) => Promise<boolean>;
const closers: (() => void)[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  port = (await gateway.openDoors()).grpc;
  const stopDraining = await gateway.startDraining();
  const client = new SpageClient(port, gateway.tokens.shop);
  const backups = client.stream();
  backups.send('daemon.hello', hello({ types: 'backup' }));
  void backups.next('task.assigned').then(({ data: { token = '' } }) => {
    backups.send('task.accepted', { token });
    backups.send('task.output', { token, sequence: '0', offset: '0', chunk: '42 files\n' });
    backups.send('task.output', { token, sequence: '1', offset: '9', chunk: 'done\n' });
    backups.send('task.completed', { token, exit_code: '0' });
  });
  isCompleted = async (taskId) => {
    const { task } = await client.call('getTaskStatus', { taskId });
    return task?.status === spage.core.TaskStatus.TASK_STATUS_COMPLETED;
  };
  closers.push(stopDraining, () => client.close());
});
afterAll(async () => {
  for (const close of closers) close();
  await gateway.stop();
});

type Message = { fromObject(object: object): unknown; toObject(message: unknown, options: object): object };
const camel = (key: string) => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
/** Names of fields as generated code has them; what a map has for keys stays. */
function camelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelled);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, one]) => [camel(key), MAPS.has(key) ? one : camelled(one)]);
  return Object.fromEntries(fields);
}
const MAPS = new Set(['payload', 'metadata']);
const methodOf = (name: string) =>
  `${name[0]?.toLowerCase()}${name.slice(1)}` as keyof typeof spageApiService;
const requestOf: Readonly<Record<string, unknown>> = {
  Authenticate: spage.api.AuthRequest,
  ...spage.api,
};

/** As grpcurl prints it: what has its default is left out, times are texts, and so are 64-bit numbers. */
function printed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(printed);
  if (typeof value !== 'object' || value === null) return value;
  const { seconds, nanos } = value as { seconds?: string; nanos?: number };
  if (seconds !== undefined && nanos !== undefined) return new Date(Number(seconds) * 1_000).toISOString();
  const kept = Object.entries(value).filter(([, one]) => {
    const isDefault = one === '' || one === 0 || one === '0' || one === false || one === null;
    return !isDefault && !(typeof one === 'string' && one.endsWith('_UNSPECIFIED')) && !isEmpty(one);
  });
  return Object.fromEntries(kept.map(([key, one]) => [key, printed(one)]));
}
const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

async function call(name: string, headers: Record<string, string>, request: object): Promise<unknown> {
  const type = (requestOf[name] ?? requestOf[`${name}Request`]) as Message | undefined;
  const client = new SpageClient(port, headers.authorization?.replace('Bearer ', ''));
  const answer = await client.call(
    methodOf(name),
    type ? (type.fromObject(camelled(request) as object) as object) : {},
  );
  client.close();
  const { toObject } = answer.constructor as unknown as Message;
  return printed(toObject(answer, { longs: String, enums: String }));
}

test('docs/spage.md shows every call that is answered once', () => {
  const unary = Object.values(spageApiService).filter(({ responseStream }) => !responseStream);
  const names = unary.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  expect(new Set(examples.map(({ method }) => method))).toEqual(new Set(names));
});

test('the examples of docs/spage.md, in their order, are answered as it says', async () => {
  const variables: Record<string, string> = { KEY: gateway.tokens.shop };
  for (const { method, headers, request, answer } of examples) {
    if (method === 'GetTaskOutput') await expect.poll(() => isCompleted(String(request.task_id))).toBe(true);
    const told = await call(method, withVariables(headers, variables), withVariables(request, variables));
    expect(differences(answer, told), `${method} ${JSON.stringify(request)}`).toEqual([]);
    if (method === 'Authenticate') variables.TOKEN = (told as { token: string }).token;
  }
});
