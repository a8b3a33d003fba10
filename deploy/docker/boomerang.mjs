// What a container runs: one of the services, or the client script. It becomes that program, in this very process, so
// that signals reach it as they come.
const COMMANDS = ['gateway', 'scheduler', 'worker', 'client'];
const [command = ''] = process.argv.slice(2);

if (COMMANDS.includes(command)) {
  await import(`./${command}.js`);
} else {
  const asked = command === '' ? 'no command' : `unknown command ${JSON.stringify(command)}`;
  process.stderr.write(`boomerang: ${asked}; allowed: ${COMMANDS.join(', ')}\n`);
  process.exitCode = 2;
}
