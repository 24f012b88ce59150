import { join } from 'node:path';
import { table } from '@halokit/evaluation';
import { type ArgsDef, defineCommand } from 'citty';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { worldConfig } from '../config/world_config';
import { commandLine } from '../terminal/command_line';
import { whole } from '../terminal/numbers';
import { keptWorld, writeWorld } from '../world/world_folder';

const args: ArgsDef = configFlags(worldConfig);

export const worldCommand = defineCommand({
  meta: { name: 'world', description: 'Write the demo’s world of feedback as files: requests, answers, labels.' },
  args,
  run: ({ rawArgs }) => runWorld(rawArgs),
});

/** Writes a world into its folder, or leaves it where it is there already. */
async function runWorld(args: readonly string[]): Promise<void> {
  const config = validate(worldConfig, readFlags(args), 'command line');
  const kept = await keptWorld(config);
  const { counts } = kept ?? (await writeWorld(config));
  const rows = Object.entries(counts).map(([file, { lines, flipped, sets }]) => {
    const ofSets = Object.entries(sets).map(([set, count]) => `${set} ${whole(count)}`);
    return [file, whole(lines), ofSets.join(', '), flipped === undefined ? '' : whole(flipped)];
  });
  console.log(
    kept ? `${config.out}: this world is there already, and left as it is.` : `${config.out}: a world of feedback`,
  );
  console.log(`\n${table(['', 'lines', 'sets', 'wrong labels'], rows)}\n`);
  const [demonstrations, tokenizer] = [join(config.out, 'demonstrations.jsonl'), join(config.out, 'tokenizer')];
  console.log(
    `Teach a model to speak: ${commandLine('train', '--method', 'sft', '--data', demonstrations, '--tokenizer', tokenizer)}`,
  );
}
