// Starts a command and waits for it, so that signals and exit codes pass through unchanged.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Tools that would report on their users, or look for updates, are told not to. */
export const quiet = {
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
};

/**
 * Runs `command` and resolves to its exit code (128 + signal number if a signal ended it) and, with `capture`, what it
 * printed. Ctrl-C reaches the child from the terminal itself; other signals are handed on.
 */
export function run(command, args, { capture = false } = {}) {
  const stdio = capture ? ['inherit', 'pipe', 'pipe'] : 'inherit';
  const shell = process.platform === 'win32' && command === 'npx';
  const child = spawn(command, args, { stdio, shell, env: { ...process.env, ...quiet } });
  const output = [];
  child.stdout?.on('data', (data) => output.push(data));
  child.stderr?.on('data', (data) => output.push(data));

  const wait = () => {};
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', wait).on('SIGTERM', forward).on('SIGHUP', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', forward).off('SIGHUP', forward);
      resolve({ code: code ?? 128 + constants.signals[signal], output: Buffer.concat(output).toString() });
    });
  });
}
