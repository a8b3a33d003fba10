import { randomUUID } from 'node:crypto';
import { BoomerangError, invalidField, quote } from '@boomerang/domain';
import type { Engine, Engines } from './engine.js';
import { resolvePath } from './resolve-path.js';
import { renderArguments, type Values } from './template.js';

/** What somebody asks to be run. */
export interface LaunchRequest {
  /** Names the run, and is what the engine reports under. */
  readonly id: string;
  /** '' = by the type, or the default. */
  readonly engine: string;
  /** Type of the task; '' = none. */
  readonly type: string;
  readonly playbook: string;
  /** '' = none. */
  readonly inventory: string;
  readonly variables: Readonly<Record<string, string>>;
  /** '' = the engine's default. */
  readonly executor: string;
  /** What else placeholders may name, as `payload.<key>`. */
  readonly payload: Readonly<Record<string, string>>;
  /** ms; 0 = none. */
  readonly timeoutMs: number;
}

/** What is run for it: nothing of the request is anything but an argument, or the value of a variable of the environment. */
export interface LaunchPlan {
  readonly engine: Engine;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Stands where the address belongs that the engine reports to. Nothing in a request can be the same. */
  readonly addressMark: string;
  readonly timeoutMs: number;
}

/** What an engine gets of the daemon's environment: no setting and no secret of the daemon. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];
const VARIABLE_KEY = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;
const BUNDLE = /^spage:\/\/bundle\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}#[A-Za-z0-9_][A-Za-z0-9._/-]{0,255}$/;
/** Of all arguments and variables together: far below what Linux takes for one argument. */
const MOST_BYTES = 100_000;

/**
 * Turns a request into a command.
 *
 * @param environment of the daemon.
 * @throws BoomerangError naming the field, and what is allowed.
 */
export function planLaunch(
  request: LaunchRequest,
  engines: Engines,
  environment: Readonly<Record<string, string | undefined>>,
): LaunchPlan {
  const engine = chooseEngine(request, engines);
  const addressMark = `address-${randomUUID()}`;
  const values = valuesOf(request, engine, addressMark);
  const argv = renderArguments(engine.command, values);
  for (const [key, value] of Object.entries(request.variables)) {
    requireVariable(key, value, engine);
    argv.push(...renderArguments(engine.variables, { key, value }));
  }
  const env: Record<string, string> = {};
  for (const name of INHERITED) if (environment[name] !== undefined) env[name] = environment[name];
  for (const [name, template] of Object.entries(engine.env)) {
    const value = template.render(values);
    if (value !== undefined) env[name] = value;
  }
  requireSize(argv, env);
  return { engine, argv, env, addressMark, timeoutMs: shorter(request.timeoutMs, engine.timeoutMs) };
}

/** The engine of a request. @throws BoomerangError with the names that exist. */
export function chooseEngine(
  { engine, type }: Pick<LaunchRequest, 'engine' | 'type'>,
  engines: Engines,
): Engine {
  const name = engine || engines.types.get(type) || (type === '' ? engines.byDefault : '');
  const found = engines.byName.get(name);
  if (found) return found;
  if (engine !== '')
    throw invalidField('engine', `${quote(engine)} is not known`, [...engines.byName.keys()].join(', '));
  throw invalidField('type', `${quote(type)} has no engine`, [...engines.types.keys()].join(', ') || 'none');
}

function valuesOf(request: LaunchRequest, engine: Engine, daemon: string): Values {
  const { id, playbook, inventory, executor, payload } = request;
  const fields = { id, playbook, inventory, executor };
  for (const [field, value] of Object.entries(fields)) requireValue(field, value);
  const values: Record<string, string | undefined> = {
    id,
    daemon,
    executor: executor || undefined,
    playbook: playbook === '' ? undefined : resolvePlaybook(playbook, engine),
    inventory: inventory === '' ? undefined : resolvePath('inventory', inventory, engine.folders),
  };
  for (const [key, value] of Object.entries(payload)) {
    if (uses(engine, `payload.${key}`)) requireValue(`payload.${key}`, value);
    values[`payload.${key}`] = value === '' ? undefined : value;
  }
  if (uses(engine, 'playbook') && values.playbook === undefined) {
    throw invalidField('playbook', 'it is missing', `a file in ${engine.folders.join(', ')}`);
  }
  return values;
}

function uses({ command, env }: Engine, placeholder: string): boolean {
  return [...command, ...Object.values(env)].some(({ placeholders }) => placeholders.includes(placeholder));
}

function resolvePlaybook(playbook: string, { bundles, folders }: Engine): string {
  if (!playbook.startsWith('spage://')) return resolvePath('playbook', playbook, folders);
  if (!bundles)
    throw invalidField('playbook', `${quote(playbook)} is a bundle`, 'a file: its engine takes no bundles');
  const climbs = playbook.split(/[#/]/).includes('..');
  if (BUNDLE.test(playbook) && !climbs) return playbook;
  throw invalidField(
    'playbook',
    `${quote(playbook)} is no bundle`,
    'spage://bundle/<id>#<path of the playbook in it>',
  );
}

function requireVariable(key: string, value: string, { name, variables }: Engine): void {
  if (variables.length === 0) throw invalidField('variables', `engine ${name} takes none`, 'none');
  if (!VARIABLE_KEY.test(key)) {
    throw invalidField(
      'variables',
      `${quote(key)} is no name`,
      'letters, digits, "_", "." and "-", a letter or "_" first',
    );
  }
  requireValue(`variables.${key}`, value);
}

/** A value that begins with "-" could be taken for an option. */
function requireValue(field: string, value: string): void {
  if (value.startsWith('-'))
    throw invalidField(field, `${quote(value)} begins with "-"`, 'another first character');
  if (value.includes('\0')) throw invalidField(field, 'it has a NUL in it', 'any other characters');
}

function requireSize(argv: readonly string[], env: Readonly<Record<string, string>>): void {
  const bytes = [...argv, ...Object.values(env)].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes <= MOST_BYTES) return;
  throw new BoomerangError(
    'invalid_request',
    `arguments: ${bytes} bytes in all; allowed: at most ${MOST_BYTES}`,
  );
}

/** The shorter of two limits of which 0 means none. */
function shorter(one: number, other: number): number {
  if (one === 0 || other === 0) return Math.max(one, other);
  return Math.min(one, other);
}
