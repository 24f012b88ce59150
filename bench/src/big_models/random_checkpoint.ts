import { type CheckpointFiles, type ModelConfig, weightShapes, writeConfig } from '@halokit/models';
import { randomNumbers } from './random_numbers';

/**
 * A checkpoint of a published model's shapes in float16 that lies nowhere: its numbers are random, and made when they are
 * read. So a model of any size can be read, streamed and kept in float16 without a disk.
 */
export function randomCheckpoint(config: ModelConfig): CheckpointFiles {
  let offset = 0;
  const tensors = Object.entries(weightShapes(config)).map(([name, shape], index) => {
    const start = offset;
    offset += 2 * shape.reduce((product, n) => product * n, 1);
    return { name, shape, index, start, end: offset };
  });
  const json = Object.fromEntries(
    tensors.map(({ name, shape, start, end }) => [name, { dtype: 'F16', shape, data_offsets: [start, end] }]),
  );
  const header = new TextEncoder().encode(JSON.stringify(json));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const front = Uint8Array.from([...length, ...header]);
  const files: Record<string, { size: number; read(start: number, end: number): Uint8Array }> = {
    'config.json': whole(new TextEncoder().encode(JSON.stringify(writeConfig(config, 'float16')))),
    'model.safetensors': {
      size: front.length + offset,
      read(start, end) {
        if (end <= front.length) return front.slice(start, end);
        // What is read is numbers of one weight.
        const [from, to] = [start - front.length, end - front.length];
        const tensor = tensors.find((one) => one.start <= from && to <= one.end);
        if (!tensor || (from - tensor.start) % 2 !== 0) throw new Error(`No weight has bytes ${from} to ${to}.`);
        const numbers = new Uint16Array((to - from) / 2);
        randomNumbers(tensor.name, tensor.index, (from - tensor.start) / 2, numbers);
        return new Uint8Array(numbers.buffer);
      },
    },
  };
  return {
    name: 'random weights',
    async open(name) {
      const file = Object.hasOwn(files, name) ? files[name] : undefined;
      return file && { size: file.size, read: async (start, end) => file.read(start, end) };
    },
  };
}

function whole(bytes: Uint8Array) {
  return { size: bytes.length, read: (start: number, end: number) => bytes.slice(start, end) };
}
