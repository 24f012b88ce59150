import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CausalLM } from '../causal_lm';
import { writeHeader } from '../checkpoint/safetensors';
import { writeConfig } from '../families/families';

/**
 * Writes a folder in Hugging Face's format: `config.json`, `generation_config.json`, `model.safetensors`
 * (float32) and any further files, such as `tokenizer.json`.
 *
 * All of it is written into a folder beside and renamed at the end, so a crash or a full disk leaves what was there.
 *
 * @param files contents by name
 * @throws the system's error (ENOSPC, EACCES), with the path, after clearing away what was begun
 */
export async function saveCheckpoint(
  model: CausalLM,
  folder: string,
  { files = {} }: { files?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const aside = join(dirname(folder), `.${basename(folder)}.${process.pid}.partial`);
  const old = join(dirname(folder), `.${basename(folder)}.${process.pid}.old`);
  try {
    await mkdir(aside);
    await writeFile(join(aside, 'config.json'), json(writeConfig(model.config)));
    const { bosTokenId = null, eosTokenId = null } = model.config;
    const generation = { bos_token_id: bosTokenId, eos_token_id: eosTokenId };
    await writeFile(join(aside, 'generation_config.json'), json(generation));
    for (const [name, content] of Object.entries(files)) await writeFile(join(aside, name), [Buffer.from(content)]);
    await writeFile(join(aside, 'model.safetensors'), weightChunks(model));
    const replaced = await rename(folder, old).then(
      () => true,
      () => false,
    );
    await rename(aside, folder);
    if (replaced) await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (error instanceof Error && 'code' in error && !('path' in error)) Object.assign(error, { path: folder });
    throw error;
  }
}

async function* weightChunks({ weights }: CausalLM): AsyncGenerator<Uint8Array> {
  yield writeHeader([...weights].map(([name, { shape }]) => ({ name, shape })));
  for (const weight of weights.values()) {
    const values = await weight.data<'float32'>();
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

/** On the disk, not only on its way there, before it counts as written. */
async function writeFile(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const chunk of chunks) {
      let written = 0;
      while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

function json(value: unknown): Uint8Array[] {
  return [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)];
}
