import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Demonstration, Preference } from '@halokit/data';
import { z } from 'zod';
import type { WorldConfig } from '../config/world_config';
import { InputError } from '../input_error';
import { learnTokenizer } from '../stages/choose_tokenizer';
import { writeWhole } from '../stages/run_folder';
import { makeWorld } from './world';

/** The file that says a folder is a world's. */
const aboutFile = 'world.json';

const about = z.object({
  options: z.record(z.string(), z.number()),
  counts: z.record(
    z.string(),
    z.object({ lines: z.number(), flipped: z.number().optional(), sets: z.record(z.string(), z.number()) }),
  ),
});

/** What `world.json` says: what the world was made with, and by file how many lines it has, of which set, labelled wrong. */
type AboutWorld = z.output<typeof about>;

/**
 * The world that is in the folder already, where it is the one that is asked for.
 *
 * @returns undefined where one is to be made: there is nothing, or another world that is to be replaced
 * @throws InputError for another world or what is none
 */
export async function keptWorld(config: WorldConfig): Promise<AboutWorld | undefined> {
  const { out, overwrite } = config;
  const there = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (there.length === 0) return undefined;
  if (!there.includes(aboutFile)) {
    throw new InputError(`${out}: is not empty and not a world's folder. Choose another with --out.`);
  }
  if (overwrite) return undefined;
  const known = await readAbout(join(out, aboutFile));
  const asked = optionsOf(config);
  const key = Object.keys(asked).find((name) => known.options[name] !== asked[name]);
  if (key === undefined) return known;
  throw new InputError(
    `${out}: holds another world (${key} ${known.options[key] ?? 'unknown'}, now ${asked[key]}). Choose another folder with --out, or pass --overwrite.`,
  );
}

/**
 * Makes a world and writes it as files, which are there all at once or not at all. The same options give the same bytes.
 *
 * - `demonstrations.jsonl`: what SFT learns to speak from, as answers with a thumb up, good or not
 * - `train.jsonl`, `held-out.jsonl`: pairs
 * - `tokenizer/`: trained on the demonstrations, with the control tokens of conditional SFT
 * - `world.json`: `AboutWorld`
 */
export async function writeWorld(config: WorldConfig): Promise<AboutWorld> {
  const { out, seed, demonstrations, pairs: trainPairs, heldOut: heldOutPairs, flip, goodShare, harmful } = config;
  const world = makeWorld({ seed, demonstrations, trainPairs, heldOutPairs, flip, goodShare, harmful });
  const { files } = learnTokenizer(world.demonstrations, config.entries, { controlTokens: true });
  const flipped = world.flipped.filter((wrong) => wrong).length;
  const said: AboutWorld = {
    options: optionsOf(config),
    counts: {
      'demonstrations.jsonl': countsOf(world.demonstrations),
      'train.jsonl': { ...countsOf(world.preferences), flipped },
      'held-out.jsonl': { ...countsOf(world.heldOut), flipped: 0 },
    },
  };
  const aside = `${resolve(out)}.partial`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(join(aside, 'tokenizer'), { recursive: true });
  await writeWhole(join(aside, 'demonstrations.jsonl'), jsonLines(world.demonstrations.map(thumbLine)));
  await writeWhole(join(aside, 'train.jsonl'), jsonLines(world.preferences.map(pairLine)));
  await writeWhole(join(aside, 'held-out.jsonl'), jsonLines(world.heldOut.map(pairLine)));
  for (const [name, text] of Object.entries(files)) await writeWhole(join(aside, 'tokenizer', name), text);
  await writeWhole(join(aside, aboutFile), `${JSON.stringify(said, null, 2)}\n`);
  await rm(out, { recursive: true, force: true });
  await rename(aside, out);
  return said;
}

async function readAbout(file: string): Promise<AboutWorld> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { success, data } = about.safeParse(json);
  if (success) return data;
  throw new InputError(
    `${file}: does not say what world this is. Choose another folder with --out, or pass --overwrite.`,
  );
}

/** What tells one world from another. */
function optionsOf({ out: _, overwrite: __, ...options }: WorldConfig): Record<string, number> {
  return options;
}

type Lined = { readonly set?: string };

function countsOf(examples: readonly Lined[]): AboutWorld['counts'][string] {
  const sets: Record<string, number> = {};
  for (const { set } of examples) if (set !== undefined) sets[set] = (sets[set] ?? 0) + 1;
  return { lines: examples.length, sets: Object.fromEntries(Object.entries(sets).sort()) };
}

/** All of them are to be imitated, good or not, for so people speak here. */
function thumbLine({ prompt, response, set }: Demonstration): object {
  return { prompt: prompt[0]?.content, response, desirable: true, ...(set !== undefined && { set }) };
}

function pairLine({ prompt, chosen, rejected, set }: Preference): object {
  return { prompt: prompt[0]?.content, chosen, rejected, ...(set !== undefined && { set }) };
}

function jsonLines(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
