import { spawn } from 'node:child_process';

export interface CommandResult {
  /** The exit code; -1 if the command could not be started, was killed or took too long. */
  code: number;
  /** Standard output alone. */
  stdout: string;
  /** Standard output and standard error as they came. */
  output: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Default 10 s. */
  timeoutMs?: number;
}

/** Runs a command to its end. Never throws: a command that isn't there answers code -1. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 10_000 }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', (error) => resolve({ code: -1, stdout, output: output + error.message }));
    child.on('close', (code, signal) => {
      const ending = signal ? `\n${command} was ended by ${signal}` : '';
      resolve({ code: code ?? -1, stdout, output: output + ending });
    });
  });
}
