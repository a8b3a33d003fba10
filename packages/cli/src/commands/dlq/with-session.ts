import { join } from 'node:path';
import { connect, openSession, type Session, type SessionOptions } from '@boomerang/client';
import { type Environment, readConfig } from '@boomerang/runtime';
import { badOption } from '../../options.js';
import { keptSecret } from '../../state/kept-secret.js';
import { runningStack } from '../../state/stack-file.js';
import { stateFolder } from '../../state/state-folder.js';
import { dlqSettings } from './settings.js';

const DEFAULT_GATEWAY = 'tcp://127.0.0.1:9973';

/** Does `work` in a session of the client whose key is set. The default is the client of `npm start`. */
export async function withSession(
  env: Environment,
  work: (session: Session) => Promise<void>,
  callback?: SessionOptions['callback'],
): Promise<void> {
  const { gateway, token } = readConfig(dlqSettings, env);
  const state = stateFolder();
  const key = token ?? keptSecret(join(state, 'dev-token'));
  if (key === undefined) {
    throw new Error(
      'BOOMERANG_TOKEN is not set, and `npm start` has left no key here: set it to a key of the client',
    );
  }
  const url = parseGateway(gateway ?? runningStack(state)?.gateway ?? DEFAULT_GATEWAY);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const connection = await connect({ host, port: Number(url.port || 9_973), tls: url.protocol === 'tls:' });
  try {
    await work(await openSession(connection, { token: key, ...(callback && { callback }) }));
  } finally {
    await connection.close();
  }
}

/** The setting's pattern lets ports through that are none. */
function parseGateway(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw badOption('BOOMERANG_GATEWAY', text, 'tcp://host:port or tls://host:port, the port from 1 to 65535');
}
