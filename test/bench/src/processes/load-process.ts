/** The process that registers tasks, over one TCP connection. */
import { connect, openSession, type Session, type SessionOptions } from '@boomerang/client';
import { serve } from './rpc.js';
import {
  type Burst,
  burst,
  type OneByOne,
  type OpenLoop,
  oneByOne,
  openLoop,
  type Register,
} from './workload.js';

export interface SessionRequest extends Pick<SessionOptions, 'token' | 'retry'> {
  readonly callback: NonNullable<SessionOptions['callback']>;
  readonly port: number;
}

let session: Session | undefined;
const register: Register = (payload, delayMs) => {
  if (!session) throw new Error('there is no session yet');
  return session.setTimeout(payload, delayMs);
};

const methods = {
  async openSession({ port, ...options }: SessionRequest) {
    session = await openSession(await connect({ port }), options);
  },
  burst: (load: Burst) => burst(register, load),
  openLoop: (load: OpenLoop) => openLoop(register, load),
  oneByOne: (load: OneByOne) => oneByOne(register, load),
};
export type LoadMethods = typeof methods;
serve(methods);
