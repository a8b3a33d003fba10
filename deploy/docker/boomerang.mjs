// What a container runs: one of the services, the daemon, or the client script. It becomes that program, in this very process,
// so that signals reach it as they come.
const COMMANDS = ['gateway', 'scheduler', 'worker', 'daemon', 'client'];
const [command = ''] = process.argv.slice(2);

if (COMMANDS.includes(command)) {
  // The daemon is a program of its own, with commands of its own.
  if (command === 'daemon') process.argv.splice(2, 1);
  await import(`./${command}.js`);
} else {
  const asked = command === '' ? 'no command' : `unknown command ${JSON.stringify(command)}`;
  process.stderr.write(`boomerang: ${asked}; allowed: ${COMMANDS.join(', ')}\n`);
  process.exitCode = 2;
}
