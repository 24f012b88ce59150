import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { type DataConfig, dataConfig } from '../config/data_config';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { wordsAndFlags } from '../config/words';
import { dataPage } from '../figures/data_page';
import { InputError } from '../input_error';
import { dataText } from '../look/data_text';
import { type DataReport, lookAtData } from '../look/look_at_data';
import { lookAtStream } from '../look/look_at_stream';
import { writeWhole } from '../stages/run_folder';
import { columnsOf } from '../terminal/fold';

const args: ArgsDef = {
  spec: { type: 'positional', required: false, description: 'the same as --data' },
  ...configFlags(dataConfig),
};

export const dataCommand = defineCommand({
  meta: { name: 'data', description: 'Look at feedback before training: counts, lengths, classes, examples.' },
  args,
  run: async ({ rawArgs }) => {
    await runData(rawArgs);
  },
});

/** Reads data as `train` does and says what is in it: on the terminal, as JSON, or as a page. */
export async function runData(args: readonly string[]): Promise<DataReport> {
  const config: DataConfig = validate(dataConfig, readFlags(namedSpec(args)), 'command line');
  const { html, json } = config;
  if (html !== undefined && !html.endsWith('.html')) throw new InputError(`html: ${html} is to end in .html.`);
  const looked = await (config.stream ? lookAtStream(config) : lookAtData(config));
  const { report, examples } = looked;
  if (html !== undefined) {
    await mkdir(dirname(html), { recursive: true });
    await writeWhole(html, await dataPage(looked));
  }
  if (json) console.log(JSON.stringify({ ...report, examples }, null, 2));
  else {
    const { stdout, env } = process;
    const style = { columns: columnsOf(stdout), colour: stdout.isTTY === true && !env.NO_COLOR };
    console.log(dataText(report, examples, style));
    if (html !== undefined) console.log(`\nThe same as a page: ${html}`);
  }
  return report;
}

/** `data SPEC ...`, the spec before or behind the options, is `data --data SPEC ...`. */
function namedSpec(args: readonly string[]): string[] {
  const { words: specs, flags: named } = wordsAndFlags(args, dataConfig);
  const [spec, ...more] = specs;
  if (more.length > 0) {
    throw new InputError(`Say one thing to look at, several joined by +: ${specs.map(quoted).join('+')}`);
  }
  if (spec !== undefined) return ['--data', spec, ...named];
  if (named.some((arg) => /^--data(=|$)/.test(arg))) return named;
  throw new InputError('Say what to look at: a file, a folder, or a set, as in hh or hf:owner/name.');
}

function quoted(path: string): string {
  return /[+*#]/.test(path) ? `'"${path}"'` : path;
}
