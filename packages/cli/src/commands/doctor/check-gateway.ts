import { BoomerangClientError, ConnectError, requestJson } from '@boomerang/client';
import { VERSION } from '@boomerang/runtime';
import type { Profile } from '../../remote/find-profile.js';
import { type Finding, off, ok } from './finding.js';

const LONGEST_MS = 5_000;
/** A Date header has whole seconds. */
const CLOCK_LIMIT_MS = 2_000;

/** Looks at the gateway: whether it is one, is ready, has this release, and takes the key. */
export async function checkGateway(profile: Profile): Promise<Finding[]> {
  const { url, source } = profile;
  try {
    const answer = await fetch(`${url}/openapi.json`, { signal: AbortSignal.timeout(LONGEST_MS) });
    const { info } = (await answer.json()) as { info?: { title?: string; version?: string } };
    if (info?.title !== 'Boomerang') throw new Error('what answers there is no gateway of Boomerang');
    const found = `${url} (${source})`;
    return [ok('gateway', found), version(info.version), clock(answer), await ready(url), await key(profile)];
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    const mend =
      'start it, or name its HTTP port (BOOMERANG_HTTP_PORT, by default 8080) with --url or BOOMERANG_URL';
    return [off('gateway', 'bad', `${url} (${source}): ${why}`, mend)];
  }
}

function version(theirs = ''): Finding {
  if (theirs === VERSION) return ok('version', theirs);
  const found = `the gateway has ${theirs}, this command ${VERSION}`;
  return off('version', 'warning', found, 'install the same release; older commands go on working');
}

function clock({ headers }: Response): Finding {
  const date = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(date))
    return off('gateway clock', 'not checked', 'no Date header', 'see that no proxy drops it');
  const aheadMs = date + 500 - Date.now();
  const found = `${(Math.abs(aheadMs) / 1_000).toFixed(1)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  if (Math.abs(aheadMs) <= CLOCK_LIMIT_MS) return ok('gateway clock', found);
  return off(
    'gateway clock',
    'warning',
    found,
    'set both clocks by NTP; tasks are due by the clock of Redis',
  );
}

async function ready(url: string): Promise<Finding> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(LONGEST_MS) });
  if (answer.status === 200) return ok('gateway ready', 'yes');
  if (answer.status === 404)
    return off('gateway ready', 'not checked', '/readyz is not served here', 'a proxy in front may hide it');
  return off('gateway ready', 'bad', await answer.text(), 'see its log, and what is said of Redis here');
}

async function key({ url, key: token }: Profile): Promise<Finding> {
  if (token === undefined)
    return off(
      'key',
      'not checked',
      'there is none',
      'set BOOMERANG_TOKEN, or keep one with `boomerang profile set`',
    );
  try {
    await requestJson(
      { url, token },
      { method: 'GET', path: '/v1/tasks?limit=1' },
      AbortSignal.timeout(LONGEST_MS),
    );
    return ok('key', 'taken');
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    const { message } = error as Error;
    if (error instanceof BoomerangClientError && error.code === 'forbidden')
      return ok('key', 'taken, without the permission to read tasks');
    return off('key', 'bad', message, 'take a key that is valid there: an administrator makes one');
  }
}
