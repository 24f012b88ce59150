import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointFiles } from '../checkpoint/checkpoint_files';
import { InputError } from '../input_error';

/** A checkpoint in a folder. A file that is written to while it is open is an `InputError` at the next read. */
export function folderFiles(folder: string): CheckpointFiles {
  return {
    name: folder,
    async open(name) {
      const path = join(folder, name);
      const found = await stat(path).catch(missing);
      if (!found) return undefined;
      // Opening a pipe would wait for ever.
      if (!found.isFile()) throw new InputError(`${path}: is not a file.`);
      const file = await open(path);
      const { size, mtimeMs } = await file.stat();
      return {
        size,
        async read(start, end) {
          const bytes = new Uint8Array(end - start);
          let read = 0;
          while (read < bytes.length) {
            const { bytesRead } = await file.read(bytes, read, bytes.length - read, start + read);
            if (bytesRead === 0) return bytes.subarray(0, read);
            read += bytesRead;
          }
          const now = await file.stat();
          if (now.size !== size || now.mtimeMs !== mtimeMs) {
            throw new InputError(`${path}: changed while it was read. Try again.`);
          }
          return bytes;
        },
        close: () => file.close(),
      };
    },
  };
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
