// What makes the commands of the documents small, and keeps them on this machine, so that a test can run them all.

type Flags = readonly (readonly [flag: string, ...value: string[]])[];

const added: Readonly<Record<string, Flags>> = {
  train: [
    ['--batch-size', '8'],
    ['--max-steps', '1'],
    ['--sft.max-steps', '1'],
    ['--max-length', '96'],
    ['--max-prompt-length', '48'],
    ['--held-out', '0.25'],
    ['--sample-tokens', '4'],
    ['--overwrite'],
  ],
  demo: [
    ['--sft-steps', '3'],
    ['--align-steps', '1'],
    ['--prompts', '8'],
  ],
  sample: [
    ['--prompts', '4'],
    ['--max-new-tokens', '4'],
  ],
  chat: [['--max-new-tokens', '4']],
  label: [['--overwrite']],
  world: [
    ['--demonstrations', '80'],
    ['--pairs', '40'],
    ['--held-out', '12'],
  ],
};

/** Of a model that is made from nothing. */
const shape: Flags = [
  ['--shape.layers', '1'],
  ['--shape.width', '16'],
  ['--shape.heads', '2'],
  ['--shape.context', '1024'],
];

/** The flag that names who judges. */
const judges: Readonly<Record<string, string>> = { judge: '--judge', label: '--by' };

/**
 * The words of a command of the app, with flags behind them that make it small. What the command says itself stays as it is,
 * but for the endpoint of a judge.
 *
 * @param endpoint of a judge on this machine, which answers in place of every other
 */
export function small(words: readonly string[], endpoint: string): string[] {
  if (words.includes('--help')) return [...words];
  const [command = ''] = words;
  const isNew = command === 'train' && !words.includes('--model');
  const flags = [...(added[command] ?? []), ...(isNew ? shape : [])];
  const all = [...words, ...flags.filter(([flag]) => !words.includes(flag)).flat()];
  if (!isAsked(words)) return all;
  const at = all.indexOf('--endpoint');
  return at < 0 ? [...all, '--endpoint', endpoint] : all.with(at + 1, endpoint);
}

/** Whether a model behind an endpoint judges: neither a file, nor a folder of a model, nor the demo's world. */
function isAsked(words: readonly string[]): boolean {
  const flag = judges[words[0] ?? ''];
  const judge = flag && words[words.indexOf(flag) + 1];
  return judge !== undefined && !/^(\.|runs\/|world$)/.test(judge);
}
