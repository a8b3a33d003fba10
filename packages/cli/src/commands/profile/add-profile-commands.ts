import type { Environment } from '@boomerang/runtime';
import type { Command } from 'commander';
import { withExamples } from '../../with-examples.js';
import { listProfiles, removeProfile, setProfile, useProfile } from './profiles.js';

export function addProfileCommands(program: Command, env: Environment): void {
  const profile = program
    .command('profile')
    .description('keep gateways and keys by name, in a file that only you can read');
  withExamples(profile, [
    'BOOMERANG_TOKEN=bmr_… boomerang profile set prod --url https://boomerang.example',
    'boomerang profile set prod --url https://boomerang.example < key.txt',
    'boomerang tasks list --profile prod',
  ]);
  profile
    .command('set <name>')
    .description('keep a profile; the key is that of BOOMERANG_TOKEN or of standard input')
    .requiredOption('--url <url>', "the gateway's HTTP API")
    .action((name: string, options: { url: string }) => setProfile(env, name, options));
  profile
    .command('list')
    .description('print the profiles, without their keys')
    .option('--json', 'print JSON, a line for each')
    .action((options: { json?: boolean }) => listProfiles(env, options));
  profile
    .command('use <name>')
    .description('take this profile where none is named')
    .action((name: string) => useProfile(env, name));
  profile
    .command('remove <name>')
    .description('forget a profile and its key')
    .action((name: string) => removeProfile(env, name));
}
