// A job by the clock of Berlin, in whichever of the programs that run it: it is done once for each time.
import { createHttpReceiver, openLastingSession } from '@boomerang/client';

const { BOOMERANG_TOKEN = '', BOOMERANG_TCP_PORT = '9973', CRON = '0 9 * * MON-FRI' } = process.env;

const receiver = await createHttpReceiver({
  deduplicate: true,
  onCallback: ({ occurrence, scheduledTimeMs }) =>
    console.log(`report ${occurrence}, due ${new Date(scheduledTimeMs).toISOString()}`),
});
const session = await openLastingSession({
  port: Number(BOOMERANG_TCP_PORT),
  token: BOOMERANG_TOKEN,
  callback: { protocol: 'HTTP', endpoint: receiver.url },
});
const { taskId, scheduledTimeMs } = await session.setCron('report', CRON, { timeZone: 'Europe/Berlin' });
console.log(`first at ${new Date(scheduledTimeMs).toISOString()}`);

// Its receiver ends with this program, so its schedule does, too.
process.once('SIGTERM', async () => {
  await session.cancel(taskId);
  await Promise.all([session.close(), receiver.close()]);
  console.log('cancelled');
});
