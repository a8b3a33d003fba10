// A gRPC service that is called back every second, asks for a pause once, and ends the recurrence when it has had enough.
// It needs the package @grpc/grpc-js besides.
import { createGrpcReceiver, openLastingSession, RetryAfter, StopRecurrence } from '@boomerang/client';

const { BOOMERANG_TOKEN = '', BOOMERANG_TCP_PORT = '9973' } = process.env;

const receiver = await createGrpcReceiver({
  onCallback({ occurrence, attempt, payload }) {
    console.log(`${Buffer.from(payload).toString()} ${occurrence}, attempt ${attempt}`);
    if (occurrence === 2 && attempt === 1) throw new RetryAfter(50);
    if (occurrence === 3) {
      setTimeout(end, 100);
      throw new StopRecurrence();
    }
  },
});
const session = await openLastingSession({
  port: Number(BOOMERANG_TCP_PORT),
  token: BOOMERANG_TOKEN,
  callback: { protocol: 'GRPC', endpoint: receiver.endpoint },
});
await session.setInterval('beat', 1_000);

async function end() {
  await Promise.all([session.close(), receiver.close()]);
}
