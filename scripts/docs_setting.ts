// The folder in which a reader of the documents stands: the files that their commands name.
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runCommand } from './docs_commands';
import { hhRows, jsonLines, pairs } from './docs_hub';
import { recipeOf } from './docs_recipe';

const hh = 'hh:harmless-base-train.jsonl.gz';

/** Made by the app itself, as a reader would have made them. */
const made = [
  'archangel train --method kto --data thumbs.jsonl',
  'archangel train --method bradleyTerry --data pairs.jsonl --out runs/rm',
  ...['sft', 'csft', 'kto', 'dpo'].map(
    (method) => `archangel train --method ${method} --data ${hh} --out runs/${method}-hh`,
  ),
  'archangel sample runs/kto-thumbs',
  'archangel sample runs/kto-hh runs/dpo-hh --sft',
  'archangel sample runs/sft-hh --samples 2',
  'archangel world --out world',
  'archangel train --method sft --data world/demonstrations.jsonl --tokenizer world/tokenizer --out runs/speaks',
  'archangel train --method kto --data world/train.jsonl --model runs/speaks/sft --out runs/kto-world',
  'archangel sample runs/kto-world --data world/held-out.jsonl --max-new-tokens 48',
];

const judge = `import type { Judge } from '@halokit/evaluation';
const judge: Judge = ({ first, second }) => (first === second ? 'tie' : first.length > second.length ? 'first' : 'second');
export default judge;
`;

/** Makes the folder and gives its path. What a command leaves in it would be there for the next: give each a copy. */
export async function docsSetting(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  const at = (name: string) => join(folder, name);
  const thumbs = pairs.flatMap(({ prompt, chosen, rejected }) => [
    { prompt, response: chosen, desirable: true },
    { prompt, response: rejected, desirable: false },
  ]);
  writeFileSync(at('thumbs.jsonl'), jsonLines(thumbs));
  for (const name of ['pairs.jsonl', 'more.jsonl']) writeFileSync(at(name), jsonLines(pairs));
  writeFileSync(at('harmless-base-train.jsonl.gz'), gzipSync(jsonLines(hhRows)));
  writeFileSync(at('my_halo.ts'), fileOf('docs/add-a-halo.md', 'patient.ts'));
  writeFileSync(at('my_judge.ts'), judge);
  for (const line of made) await runCommand(line, folder);

  copyFileSync(at('runs/kto-thumbs/kto-completions.jsonl'), at('kto-completions.jsonl'));
  copyFileSync(at('runs/kto-thumbs/kto/tokenizer.json'), at('tokenizer.json'));
  cpSync(at('runs/kto-thumbs/sft'), at('pythia-70m'), { recursive: true });
  return folder;
}

/** The files of a checkpoint of the setting, as a hub would have them. */
export function checkpointOf(setting: string): Record<string, Uint8Array> {
  const folder = join(setting, 'pythia-70m');
  const names = readdirSync(folder).filter((name) => name !== 'README.md');
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/** Another folder with the same files. */
export function copyOf(setting: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'docs-copy-'));
  cpSync(setting, copy, { recursive: true });
  return copy;
}

/** A file that a document tells its reader to write. */
function fileOf(document: string, name: string): string {
  const steps = recipeOf(readFileSync(resolve(document), 'utf8'));
  const text = steps.flatMap((step) => (step.kind === 'file' && step.name === name ? [step.text] : []))[0];
  if (text === undefined) throw new Error(`${document} has no file ${name}.`);
  return text;
}
