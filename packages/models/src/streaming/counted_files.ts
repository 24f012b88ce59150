import type { CheckpointFiles } from '../checkpoint/checkpoint_files';

/** The same files, and how many bytes were read from them. */
export interface CountedFiles extends CheckpointFiles {
  readonly bytesRead: number;
}

export function countedFiles(files: CheckpointFiles): CountedFiles {
  let bytesRead = 0;
  return {
    name: files.name,
    get bytesRead() {
      return bytesRead;
    },
    async open(name) {
      const file = await files.open(name);
      if (!file) return undefined;
      return {
        size: file.size,
        async read(start, end) {
          const bytes = await file.read(start, end);
          bytesRead += bytes.length;
          return bytes;
        },
        close: async () => file.close?.(),
      };
    },
  };
}
