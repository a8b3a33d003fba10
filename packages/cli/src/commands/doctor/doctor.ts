import { type Environment, readConfig } from '@boomerang/runtime';
import { createPaint, type Paint } from '../../paint.js';
import { printJson, printLine } from '../../print.js';
import { findProfile, type RemoteOptions } from '../../remote/find-profile.js';
import { configuredRedis } from '../../stack/configured-redis.js';
import { stackSettings } from '../../stack/settings.js';
import { runningStack } from '../../state/stack-file.js';
import { stateFolder } from '../../state/state-folder.js';
import { checkGateway } from './check-gateway.js';
import { checkRedis } from './check-redis.js';
import { type Finding, off } from './finding.js';

/** Looks at gateway and Redis, and prints what is off with how to mend it. Returns whether nothing is bad. */
export async function doctor(env: Environment, options: RemoteOptions): Promise<boolean> {
  const findings = [...(await checkGateway(findProfile(env, options))), ...(await redisFindings(env))];
  for (const finding of findings) print(finding, env, options.json === true);
  return findings.every(({ state }) => state !== 'bad');
}

async function redisFindings(env: Environment): Promise<Finding[]> {
  const address = configuredRedis(readConfig(stackSettings, env)) ?? runningStack(stateFolder())?.redis;
  if (address) return checkRedis(address);
  const mend = 'set BOOMERANG_REDIS_URL where Redis can be reached';
  return [off('redis', 'not checked', 'its address is not known here', mend)];
}

function print(finding: Finding, env: Environment, json: boolean): void {
  if (json) printJson(finding);
  else if (process.stdout.isTTY) printForPeople(finding, createPaint(!env.NO_COLOR));
  else printLine(Object.values(finding).join('\t'));
}

function printForPeople({ check, state, found, mend }: Finding, paint: Paint): void {
  const colour = { ok: paint.green, warning: paint.yellow, bad: paint.red, 'not checked': paint.dim }[state];
  printLine(`${colour(state.padEnd(11))} ${check}: ${found}`);
  if (mend) printLine(`${' '.repeat(12)}${mend}`);
}
