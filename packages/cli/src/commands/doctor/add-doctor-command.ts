import type { Environment } from '@boomerang/runtime';
import type { Command } from 'commander';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { withRemoteOptions } from '../../remote/with-remote-options.js';
import { withExamples } from '../../with-examples.js';

export function addDoctorCommand(program: Command, env: Environment): void {
  const command = program
    .command('doctor')
    .description(
      'look at gateway, key, clocks and Redis, and tell how to mend what is off; exit code 1 if anything is bad',
    );
  withExamples(command, [
    'boomerang doctor --url https://boomerang.example',
    'BOOMERANG_REDIS_URL=redis://10.0.0.7 boomerang doctor',
  ]);
  withRemoteOptions(command).action(async (options: RemoteOptions) => {
    const { doctor } = await import('./doctor.js');
    process.exitCode = (await doctor(env, options)) ? 0 : 1;
  });
}
