import type { Cluster, Command } from 'ioredis';

/** A command that no Redis has got, and that none will get any more. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/**
 * Keeps a Cluster from sending a command a second time that a node may have executed, which ioredis does when a
 * connection is lost. What no node has got, or what was refused for now, is still sent again; if that does not help in
 * the end, the command fails with the refusal, or else with a `NotSentError`.
 */
export function sendOnce(cluster: Cluster): void {
  const send = cluster.sendCommand.bind(cluster);
  cluster.sendCommand = (command, stream, node) => {
    // The commands of a pipeline bring their node along, and are not sent again one by one.
    if (node !== undefined) return send(command, stream, node);
    const progress = observe(command);
    const answer = send(command, stream, node);
    const orSendAgain = command.reject;
    command.reject = (error) => {
      if (error.name === 'ReplyError') noteRefusal(progress, error);
      if (progress.sent) progress.fail(error);
      else orSendAgain.call(command, error);
    };
    return answer;
  };
}

interface Progress {
  /** Whether a node may have executed it. */
  sent: boolean;
  refusal: Error | undefined;
  readonly fail: (error: Error) => void;
}

/** Where it is sent on tells less about why it fails in the end than why it was refused there. */
function noteRefusal(progress: Progress, error: Error): void {
  progress.sent = false;
  if (!progress.refusal || !/^(MOVED|ASK) /.test(error.message)) progress.refusal = error;
}

/** Takes note of every write, and has a command that failed without one say so. */
function observe(command: Command): Progress {
  const [write, fail] = [command.toWritable, command.reject];
  const progress: Progress = { sent: false, refusal: undefined, fail: (error) => fail.call(command, error) };
  command.toWritable = (socket) => {
    progress.sent = true;
    return write.call(command, socket);
  };
  command.reject = (error) => {
    // One that was given up before its turn came is sent nevertheless.
    const unsent = !progress.sent && error.message !== 'Command timed out';
    progress.fail(unsent ? (progress.refusal ?? new NotSentError(error.message, { cause: error })) : error);
  };
  return progress;
}
