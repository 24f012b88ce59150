import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alignment } from './alignment/bench';
import { allReduce } from './all_reduce/bench';
import { bigModels } from './big_models/bench';
import { dataParallel } from './data_parallel/bench';
import { fusedKernels } from './fused_kernels/bench';
import { generateTokens } from './generate/bench';
import { gpu } from './gpu/bench';
import { InputError } from './input_error';
import { nativeEngine } from './native_engine/bench';
import { help, parseOptions } from './options';
import { readFeedback } from './read_feedback/bench';
import { scaling } from './scaling/bench';

const benches = {
  native_engine: nativeEngine,
  fused_kernels: fusedKernels,
  generate: generateTokens,
  read_feedback: readFeedback,
  alignment,
  big_models: bigModels,
  gpu,
  all_reduce: allReduce,
  data_parallel: dataParallel,
  scaling,
};

/** Named only: one needs data, another all memory, the third a GPU, the fourth is root's. */
const onlyNamed = ['alignment', 'big_models', 'gpu', 'scaling', 'all_reduce', 'data_parallel'];

interface Outcome {
  readonly text: string;
  readonly json: unknown;
  /** What its files are called, without their ending; the report is one of them then. Default: the bench's name, and no report. */
  readonly file?: string;
}

/** Runs the benches named, or all that need nothing more; each ends with its report on stdout and its numbers in a JSON file. */
async function run(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options.help) return console.log(help);
  const names =
    options.names.length > 0 ? options.names : Object.keys(benches).filter((name) => !onlyNamed.includes(name));
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined)
    throw new InputError(`Unknown bench "${unknown}". There are: ${Object.keys(benches).join(', ')}.`);
  for (const name of names) {
    const { text, json, file: own }: Outcome = await benches[name as keyof typeof benches](options);
    console.log(`\n${text}`);
    const folder = join(dirname(fileURLToPath(import.meta.url)), '../results');
    const files = [join(folder, `${own ?? name}.json`), ...(options.json === undefined ? [] : [options.json])];
    for (const file of files) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${JSON.stringify(json, undefined, 2)}\n`);
    }
    if (own !== undefined) await writeFile(join(folder, `${own}.md`), `\`\`\`\n${text}\n\`\`\`\n`);
    console.error(`\nEvery number is in ${files.map((file) => relative('', file)).join(' and ')}.`);
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
}
