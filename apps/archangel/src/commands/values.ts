import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Loss } from '@halokit/losses';
import { defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { valuesConfig } from '../config/values_config';
import { valueChart } from '../figures/value_chart';
import { valueCurves } from '../figures/value_curves';
import { valuePage } from '../figures/value_page';
import { InputError } from '../input_error';
import { findLoss } from '../losses/find_loss';
import { lossOptions } from '../losses/loss_options';
import { writeWhole } from '../stages/run_folder';

const where = 'command line';

export const valuesCommand = defineCommand({
  meta: { name: 'values', description: 'Draw the value functions of the losses, and of one of yours.' },
  args: configFlags(valuesConfig),
  run: ({ rawArgs }) => runValues(rawArgs),
});

/** Draws what a reward is worth to each loss: a page, and the figure alone. */
export async function runValues(args: readonly string[]): Promise<void> {
  const { method, loss: given, out } = validate(valuesConfig, readFlags(args), where);
  const [, stem] = /^(.*)\.(html|svg)$/s.exec(out) ?? [];
  if (!stem) throw new InputError(`out: ${out} is to end in .html.`);
  const own = method === undefined ? undefined : await withValue(method, given);
  await chooseBackend('cpu');
  const curves = valueCurves(own);
  const figure = await valueChart(curves);
  await mkdir(dirname(out), { recursive: true });
  await writeWhole(`${stem}.svg`, figure);
  await writeWhole(`${stem}.html`, valuePage(figure));
  console.log(`${curves.length} value functions are drawn in ${stem}.html, and for papers in ${stem}.svg.`);
}

async function withValue(method: string, given: Readonly<Record<string, unknown>>): Promise<Loss> {
  const source = await findLoss(method);
  const loss = source.create(lossOptions(source, given, where));
  if (loss.value) return loss;
  throw new InputError(`${source.said}: exposes no value function to draw: give the loss a field "value".`);
}
