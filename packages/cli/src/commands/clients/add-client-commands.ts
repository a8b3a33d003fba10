import { DEFAULT_PERMISSIONS, PERMISSIONS, validateClientId } from '@boomerang/domain';
import type { Environment } from '@boomerang/runtime';
import type { Command } from 'commander';
import { type ChangeOptions, changeClientKey } from './change-key.js';
import { printLimits, resetLimits, setLimit } from './client-limits.js';
import { createSecret, listSecrets, revokeSecret, rotateSecret } from './client-secret.js';
import {
  changeDefaultPolicy,
  dropDefaultPolicy,
  type PolicyOptions,
  printDefaultPolicy,
} from './default-policy.js';
import type { KeyOptions } from './key-options.js';
import { printClients } from './list-clients.js';
import { printDaemons } from './list-daemons.js';
import { addClientKey, createClient } from './make-key.js';
import { type AuditOptions, printAudit } from './print-audit.js';
import { type RemoveOptions, removeClientWithReceipt } from './remove-client.js';
import { revokeClientKey } from './revoke-key.js';
import { printClient } from './show-client.js';

/** Commands for administrators of clients. They work directly on Redis: whoever has access to Redis may run them. */
export function addClientCommands(client: Command, env: Environment): void {
  withKeyOptions(
    client
      .command('create')
      .argument('<name>', 'name of the client', parseClient)
      .description('make a client and print its key, once'),
  ).action((name: string, options: KeyOptions) => createClient(env, name, options));
  client
    .command('list')
    .description('print all clients, with how many keys they have and when one was used last')
    .option('--json', 'one line of JSON each')
    .action((options: { json?: boolean }) => printClients(env, options));
  client
    .command('show')
    .argument('<name>', 'name of the client', parseClient)
    .description('print a client: its keys, and how many tasks, dead letters and signing secrets it has')
    .option('--json', 'as JSON')
    .action((name: string, options: { json?: boolean }) => printClient(env, name, options));
  client
    .command('daemons <name>')
    .description(
      "print a client's daemons that are connected: what they take, what they have, and their labels",
    )
    .option('--json', 'one line of JSON each')
    .action((name: string, options: { json?: boolean }) => printDaemons(env, name, options));
  client
    .command('remove')
    .argument('<name>', 'name of the client', parseClient)
    .description(
      'remove a client: its keys, sessions and signing secrets. Refused while it has tasks or dead letters. After an ' +
        'interruption run it again: it continues',
    )
    .option('--with-tasks', 'cancel its tasks and purge its dead letters, too')
    .action((name: string, options: RemoveOptions) => removeClientWithReceipt(env, name, options));
  withKeyOptions(
    client
      .command('add-key')
      .argument('<name>', 'name of the client', parseClient)
      .description('make a further key of a client and print it, once'),
  ).action((name: string, options: KeyOptions) => addClientKey(env, name, options));
  client
    .command('revoke-key')
    .argument('<name>', 'name of the client', parseClient)
    .argument('<key-id>', 'as `show` prints it')
    .description('end a key of a client, and all sessions that it has opened, within a second')
    .action((name: string, keyId: string) => revokeClientKey(env, name, keyId));
  client
    .command('change-key')
    .argument('<name>', 'name of the client', parseClient)
    .argument('<key-id>', 'as `show` prints it')
    .description('change what a key may be used for, or from where it may be shown')
    .option('--permissions <list>', `separated by commas: ${PERMISSIONS.join(', ')}`)
    .option('--addresses <list>', 'addresses and ranges, separated by commas; "any": from anywhere')
    .action((name: string, keyId: string, options: ChangeOptions) =>
      changeClientKey(env, name, keyId, options),
    );
  client
    .command('audit')
    .description('print the audit log, the oldest entries first, one line of JSON each')
    .option('--client <name>', 'only what concerns this client')
    .option('--since <time>', 'from a day or a time on, such as 2026-11-22T10:00Z')
    .option('--until <time>', 'up to a day or a time')
    .action((options: AuditOptions) => printAudit(env, options));
  addLimitCommands(client, env);
  addPolicyCommands(client, env);
  addSecretCommands(client, env);
}

function withKeyOptions(command: Command): Command {
  const permissions = `what the key may be used for, separated by commas: ${PERMISSIONS.join(', ')} (default: ${DEFAULT_PERMISSIONS.join(',')})`;
  return command
    .option('--permissions <list>', permissions)
    .option(
      '--expires <time>',
      'when the key ends: in 90d, 12h or 30m, or at a time such as 2026-11-22T10:00Z (default: never)',
    )
    .option('--key-name <text>', 'what people call the key');
}

function addLimitCommands(client: Command, env: Environment): void {
  const limits = client.command('limits').description('what a client may take up');
  limits
    .command('show <client>')
    .description('print all limits, and those that the client has of its own')
    .option('--json', 'only its own, as JSON')
    .action((name: string, options: { json?: boolean }) => printLimits(env, name, options));
  limits
    .command('set <client> <limit> <value>')
    .description('give the client a limit of its own')
    .action((name: string, limit: string, value: string) => setLimit(env, name, limit, value));
  limits
    .command('reset <client> [limit]')
    .description("take a limit of its own from the client, or all of them: it has the gateways' again")
    .action((name: string, limit?: string) => resetLimits(env, name, limit));
}

function addPolicyCommands(client: Command, env: Environment): void {
  const policy = client
    .command('policy')
    .description('the delivery policy of sessions whose handshake asks for the default one');
  policy
    .command('show')
    .argument('<client>', 'name of the client', parseClient)
    .description('print it as JSON')
    .action((name: string) => printDefaultPolicy(env, name));
  policy
    .command('set')
    .argument('<client>', 'name of the client', parseClient)
    .description('set it, in place of one that there was')
    .requiredOption('--callback <protocol>', 'HTTP, GRPC, TCP or UDP')
    .requiredOption('--endpoint <endpoint>', 'where tasks are called back: http://…, or host:port')
    .option('--raw <content-type>', 'HTTP: POST the bare payload, as this content type')
    .option('--udp-ack', 'UDP: wait for an answer')
    .option('--attempts <count>', 'attempts per occurrence, the first included (default: 5)')
    .option('--strategy <strategy>', 'FIXED or EXPONENTIAL (default: FIXED)')
    .option('--interval-ms <ms>', 'pause before the first retry (default: 1000)')
    .option('--max-interval-ms <ms>', 'longest pause under EXPONENTIAL (default: 60000)')
    .option('--dlq <destination>', 'a bucket, or the URL of a destination outside (default: default)')
    .action((name: string, options: PolicyOptions) => changeDefaultPolicy(env, name, options));
  policy
    .command('reset')
    .argument('<client>', 'name of the client', parseClient)
    .description('take it away')
    .action((name: string) => dropDefaultPolicy(env, name));
}

function addSecretCommands(client: Command, env: Environment): void {
  const secret = client
    .command('secret')
    .description("a client's signing secrets: its callbacks are signed with each");
  secret
    .command('create')
    .argument('<client>', 'name of the client', parseClient)
    .description('make the first secret of a client and print it, once')
    .action((name: string) => createSecret(env, name));
  secret
    .command('rotate')
    .argument('<client>', 'name of the client', parseClient)
    .description('make a second secret besides the first and print it, once; both sign until one is revoked')
    .action((name: string) => rotateSecret(env, name));
  secret
    .command('list')
    .argument('<client>', 'name of the client', parseClient)
    .description('print id and time of each live secret, the newest first')
    .action((name: string) => listSecrets(env, name));
  secret
    .command('revoke')
    .argument('<client>', 'name of the client', parseClient)
    .argument('<secret-id>', 'as `list` prints it')
    .description('revoke a secret: callbacks are not signed with it any more')
    .action((name: string, id: string) => revokeSecret(env, name, id));
}

/** Before Redis is asked. @throws BoomerangError that says what is allowed. */
function parseClient(name: string): string {
  validateClientId(name);
  return name;
}
