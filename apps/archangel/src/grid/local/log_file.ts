import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Sends all that the process prints into a file, behind what is there, until the work is done. */
export async function printingInto<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, 'a');
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  for (const stream of streams) {
    // Its callback, which few give, is the last argument.
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      writeSync(log, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    };
  }
  try {
    return await work();
  } finally {
    for (const [i, stream] of streams.entries()) stream.write = writes[i] as typeof stream.write;
    closeSync(log);
  }
}
