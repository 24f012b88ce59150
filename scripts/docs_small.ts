// What makes the commands of the documents small, or keeps them on this machine, so that a test can run them all.

type Flags = readonly (readonly [flag: string, ...value: string[]])[];

const training: Flags = [
  ...([
    ['--batch-size', '8'],
    ['--max-steps', '1'],
    ['--sft.max-steps', '1'],
  ] as const),
  ...([
    ['--max-length', '96'],
    ['--max-prompt-length', '48'],
    ['--held-out', '0.25'],
  ] as const),
  ...([['--sample-tokens', '4'], ['--overwrite']] as const),
];

/** Of a model that is made from nothing. */
const shape: Flags = [
  ...([
    ['--shape.layers', '1'],
    ['--shape.width', '16'],
    ['--shape.heads', '2'],
    ['--shape.context', '1024'],
  ] as const),
];

const added: Readonly<Record<string, Flags>> = {
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
};

/**
 * The words of a command of the app with flags behind them that make it small. What the command says itself stays as it is.
 *
 * @param endpoint of the judge on this machine, which answers in place of every other
 */
export function small(words: readonly string[], endpoint: string): string[] {
  const [command = ''] = words;
  if (words.includes('--help')) return [...words];
  if (command === 'train') return withFlags(words, words.includes('--model') ? training : [...training, ...shape]);
  if (command !== 'judge') return withFlags(words, added[command] ?? []);
  const judge = words[words.indexOf('--judge') + 1] ?? '';
  // A file judges, or the folder of a model; any other name is a model behind an endpoint.
  if (/[/.]/.test(judge) && !judge.startsWith('gpt')) return [...words];
  const asked = words.indexOf('--endpoint');
  return asked < 0 ? [...words, '--endpoint', endpoint] : words.with(asked + 1, endpoint);
}

function withFlags(words: readonly string[], flags: Flags): string[] {
  return [...words, ...flags.filter(([flag]) => !words.includes(flag)).flat()];
}
