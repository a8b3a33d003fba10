import type { Command } from 'commander';

/** The options of every command that asks a gateway. */
export function withRemoteOptions(command: Command): Command {
  return withGatewayOptions(command).option('--json', 'print JSON, a line for each');
}

/** The same without what is printed. */
export function withGatewayOptions(command: Command): Command {
  return command
    .option('--url <url>', "the gateway's HTTP API, such as https://boomerang.example (BOOMERANG_URL)")
    .option('--profile <name>', 'a profile of the config file (BOOMERANG_PROFILE)');
}
