import { spawn } from 'node:child_process';

/**
 * Waits until the process that it was started by ends, in whatever way, and says the last line that it was given: the first process of
 * a host that comes to that takes away the file they share, and the others say nothing. A process that has nothing to say leaves
 * an empty line.
 */
const script =
  'IFS= read -r file; word=; while IFS= read -r line; do word=$line; done; ' +
  '[ -n "$word" ] && rm -- "$file" 2>/dev/null && printf "%s\\n" "$word" >&2';

/** What is said of a rank when it is no more, where it could not say it itself: the kernel's SIGKILL leaves it no time. */
export interface LastWord {
  /** @param file is there until one process of the host has spoken; before it is known, nothing is said */
  share(file: string): void;
  /** @param word one line; nothing where it is empty */
  set(word: string): void;
  /** Nothing is to be said any more. Resolves when that is certain. */
  end(): Promise<void>;
}

/**
 * Keeps a last word outside of this process, in a shell that outlives it whatever its launcher does to the ranks. Launchers
 * end the ranks of a job in which one has died: Hydra (MPICH) with SIGKILL, Open MPI with SIGTERM and, a second later, that.
 */
export function keepLastWord(): LastWord {
  const shell = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  const { stdin } = shell;
  let works = true;
  // Without a shell nothing is said, and the launcher's own words have to do.
  for (const part of [shell, stdin]) {
    part.on('error', () => {
      works = false;
    });
  }
  shell.unref();
  (stdin as unknown as { unref(): void }).unref();
  const write = (line: string) => {
    if (works) stdin.write(`${line.replaceAll('\n', ' ')}\n`);
  };
  return {
    share: write,
    set: write,
    end: () =>
      new Promise((resolve) => {
        if (!works) return resolve();
        stdin.once('error', () => resolve()).end('\n', () => resolve());
      }),
  };
}
