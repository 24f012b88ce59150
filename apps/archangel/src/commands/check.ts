import {
  catalogue,
  checkHalo,
  conformance,
  describeConformance,
  describeHalo,
  type HaloReport,
  type Loss,
  type LossNeeds,
} from '@halokit/losses';
import { type ArgsDef, defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { checkConfig } from '../config/check_config';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { InputError } from '../input_error';
import { findLoss } from '../losses/find_loss';
import { lossOptions } from '../losses/loss_options';
import { columnsOf, fold } from '../terminal/fold';

const where = 'command line';

const args: ArgsDef = {
  'file-or-name': { type: 'positional', required: false, description: 'a loss of yours, or one of the catalogue' },
  ...configFlags(checkConfig),
};

export const checkCommand = defineCommand({
  meta: { name: 'check', description: 'Hold a loss against the rules of the contract and the definition of a HALO.' },
  args,
  run: async ({ rawArgs }) => {
    const { passed } = await runCheck(rawArgs);
    if (!passed) process.exitCode = 1;
  },
});

/** Says whether a loss keeps the rules that all losses keep, and, which is no rule, whether it is a HALO. */
export async function runCheck(args: readonly string[]): Promise<{ passed: boolean; halo: HaloReport }> {
  const { method, loss: given, definition } = validate(checkConfig, readFlags(methodFirst(args)), where);
  const source = await findLoss(method);
  const loss = source.create(lossOptions(source, given, where));
  // In double-digit milliseconds an operation, and the same digits on every machine.
  await chooseBackend('cpu');
  const columns = columnsOf(process.stdout);
  const say = (text: string) => console.log(`${fold(text.trimEnd(), columns)}\n`);
  say(introduction(loss, source.said));
  const rules = await conformance(loss);
  say(describeConformance(rules));
  const halo = await checkHalo(loss, { definition });
  say(describeHalo(halo));
  return { passed: rules.passed, halo };
}

/** `check FILE ...` is `check --method FILE ...`. */
function methodFirst(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === undefined) {
    throw new InputError(
      `Say what to check: a file, as in ./my_halo.ts, or one of ${Object.keys(catalogue).join(', ')}.`,
    );
  }
  return first.startsWith('--') ? args : ['--method', first, ...rest];
}

const inWords: Record<keyof LossNeeds, string> = {
  reference: 'a reference model',
  kl: 'mismatched rows',
  policyInPrepare: 'the policy’s own log-probabilities beforehand',
  values: 'a value head',
  scores: 'a reward head',
  groups: 'batches by prompt',
  controlTokens: 'control tokens',
};

function introduction({ name, feedback, needs = {} }: Loss, said: string): string {
  const wanted = (Object.keys(inWords) as (keyof LossNeeds)[]).filter((need) => needs[need]);
  const list = wanted.map((need) => inWords[need]).join(', ') || 'nothing but the policy';
  const kinds = { demonstrations: 'demonstrations', preferences: 'pairs', binary: 'thumbs up and down' };
  return `${name}${said === name ? '' : ` of ${said}`}: trains on ${kinds[feedback]}; needs ${list}.`;
}
