import { stringify } from 'yaml';
import { lossLabel } from '../losses/loss_label';
import { whole } from '../terminal/numbers';
import type { Card } from './card';
import { dataSection } from './data_section';
import { frontMatter } from './front_matter';
import { code, fenced, plain } from './markdown';
import { methodNames } from './method_names';
import { packageVersions } from './package_versions';
import { resultsSection } from './results';

/**
 * A model card, the `README.md` of a saved folder: metadata as the hub reads it, then what the model is, method, data,
 * settings, results with intervals, how to load it, versions and limits.
 */
export function modelCard(card: Card): string {
  const { name, model, method, data, settings, results } = card;
  const sections: readonly (readonly [string, string])[] = [
    ['Method', methodSection(card)],
    ['Data', dataSection(data)],
    ['Settings', settingsSection(settings)],
    ['Results', resultsSection(results)],
    ['Use', useSection(card)],
    ['Versions', versionsSection(card)],
    ['Limits', limits],
  ];
  const kind = method.scores ? 'A reward model' : 'A language model';
  const what =
    `${kind} of the architecture ${code(model.modelType)}, ${whole(model.parameters)} parameters, float32, trained with ` +
    `${plain(lossLabel({ name: method.loss }))} on human feedback. It started from ${model.start}.`;
  return [
    frontMatter(card),
    `# ${plain(name)}\n\n${what}\n`,
    ...sections.map(([title, text]) => `## ${title}\n\n${text}\n`),
  ].join('\n');
}

function settingsSection({ stage, run }: Card['settings']): string {
  const block = (settings: object) => fenced(stringify(settings), 'yaml');
  return `How the weights were moved:\n\n${block(stage)}\n\nAll settings of the run:\n\n${block(run)}`;
}

function methodSection({ method: { loss, options, adapters } }: Card): string {
  const name = Object.hasOwn(methodNames, loss) ? methodNames[loss] : undefined;
  const called = name === undefined ? `The loss ${code(loss)}` : `The loss ${code(loss)}: ${name}`;
  const how =
    Object.keys(options).length === 0
      ? `${called}. It has no options.`
      : `${called}, with these options:\n\n${fenced(stringify(options), 'yaml')}`;
  if (adapters === undefined) return how;
  const merged = `The weights here have them merged in; ${code('adapter/')} has them alone, in PEFT’s format.`;
  return `${how}\n\nLow-rank adapters were trained (LoRA), ${adapters}, and no weight of the model itself. ${merged}`;
}

function useSection({ method: { scores }, format, tokenizer }: Card): string {
  const python = [
    'from transformers import AutoModelForCausalLM, AutoTokenizer',
    '',
    'model = AutoModelForCausalLM.from_pretrained("this/folder")',
    'tokenizer = AutoTokenizer.from_pretrained("this/folder")',
  ];
  const typescript = [
    "import { loadTokenizer } from '@halokit/data/node';",
    "import { loadCheckpoint } from '@halokit/models/node';",
    '',
    "const model = await loadCheckpoint('this/folder');",
    "const { tokenizer } = await loadTokenizer('this/folder');",
  ];
  const head = scores
    ? ' Its scores come from the tensor `score.weight`, a head on the last token’s state, which a causal model leaves aside.'
    : '';
  return [
    `Conversations become text as ${format}. The tokenizer is ${plain(tokenizer)}.${head}`,
    'With Python’s Transformers (not run when this was written):',
    fenced(python.join('\n'), 'python'),
    'With halokit:',
    fenced(typescript.join('\n'), 'ts'),
  ].join('\n\n');
}

function versionsSection({ backend }: Card): string {
  const packages = Object.entries(packageVersions()).map(([name, version]) => `${code(name)} ${version}`);
  return [`- Node ${process.version}, ${plain(backend)}`, ...packages.map((line) => `- ${line}`)].join('\n');
}

const limits = [
  '- Results are of held-out prompts of the same data, and say nothing of others.',
  '- The feedback’s faults and leanings are learnt with it. Whether answers are true or safe was not examined.',
  '- What the licences of the data and of the model it started from allow was not examined either.',
].join('\n');
