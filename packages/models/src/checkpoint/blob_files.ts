import type { CheckpointFiles } from './checkpoint_files';

/**
 * A checkpoint as files that a person chose or dropped on a page, by their names; only the bytes that are asked for are
 * read from them.
 *
 *     const model = await readCheckpoint(blobFiles(Object.fromEntries([...input.files].map((file) => [file.name, file]))));
 *
 * @param name names them in errors
 */
export function blobFiles(blobs: Readonly<Record<string, Blob>>, { name = 'the files given' } = {}): CheckpointFiles {
  return {
    name,
    async open(file) {
      const blob = Object.hasOwn(blobs, file) ? blobs[file] : undefined;
      if (!blob) return undefined;
      return {
        size: blob.size,
        read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
      };
    },
  };
}
