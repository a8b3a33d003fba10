import type { Cluster, Command } from 'ioredis';

/** The command was sent to no Redis node, and will not be sent any more. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/**
 * Prevents ioredis from sending a command a second time to a Cluster after a lost connection, if a node may have executed
 * it. A command that no node got, or that was refused for now, is still sent again. If that fails in the end, the command
 * fails with the refusal, or else with a `NotSentError`.
 */
export function sendOnce(cluster: Cluster): void {
  const send = cluster.sendCommand.bind(cluster);
  cluster.sendCommand = (command, stream, node) => {
    // Commands of a pipeline are bound to their node, and are not sent again one by one.
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

/** Keeps the reason of a refusal, which says more than a redirection to another node. */
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
    // A command that its caller gave up before its turn is sent all the same.
    const unsent = !progress.sent && error.message !== 'Command timed out';
    progress.fail(unsent ? (progress.refusal ?? new NotSentError(error.message, { cause: error })) : error);
  };
  return progress;
}
