import { expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import type { Card } from './card';
import { modelCard } from './model_card';

const half = { value: 0.55, low: 0.45, high: 0.65, n: 100 };

const card: Card = {
  name: 'kto-thumbs',
  model: {
    modelType: 'gpt_neox',
    parameters: 70_426_624,
    start: '`EleutherAI/pythia-70m` at commit `c0ffee`',
    base: { repo: 'EleutherAI/pythia-70m', commit: 'c0ffee' },
  },
  method: { loss: 'kto', options: { beta: 0.1, desirableWeight: 1.5 }, scores: false },
  data: {
    sources: [
      {
        name: 'hh',
        repo: 'Anthropic/hh-rlhf',
        counts: { read: 1200, kept: 1190, dropped: { 'an empty reply': 10 }, repaired: {} },
        taken: 1000,
      },
      { name: 'logs/thumbs.jsonl', counts: { read: 5, kept: 5, dropped: {}, repaired: {} }, taken: 5 },
    ],
    steps: [
      {
        what: 'votes on one response',
        counts: { read: 9, kept: 7, dropped: { 'as many up as down': 2 }, repaired: {} },
      },
      { what: 'made into tokens', counts: { read: 7, kept: 7, dropped: {}, repaired: {} } },
    ],
    trained: 900,
    heldOut: 100,
    weights: '600 desirable examples weigh 1.5 each, 900 undesirable ones 1 (by their counts)',
  },
  format: 'the format `tulu` has it',
  tokenizer: 'hf:EleutherAI/pythia-70m',
  settings: { stage: { learningRate: 5e-7 }, run: { method: 'kto', seed: 1 } },
  backend: 'ONNX Runtime, 2 threads',
  results: [
    { name: 'reward accuracy', estimate: half, unit: 'share', noEffect: 0.5 },
    { name: 'reward margin', estimate: { value: 0.2, low: 0.1, high: 0.3, n: 100 }, unit: 'reward', noEffect: 0 },
  ],
};

/** The metadata and the text behind it, as the hub takes them apart. */
function read(markdown: string) {
  const [, metadata, text] = /^---\n(.*?)\n---\n(.*)$/s.exec(markdown) ?? [];
  return { metadata: parse(metadata as string), text: text as string };
}

test('the metadata is what the hub reads', () => {
  const { metadata } = read(modelCard(card));
  expect(metadata).toEqual({
    library_name: 'transformers',
    pipeline_tag: 'text-generation',
    base_model: 'EleutherAI/pythia-70m',
    base_model_relation: 'finetune',
    datasets: ['Anthropic/hh-rlhf'],
    tags: ['halokit', 'human-feedback', 'alignment', 'gpt_neox', 'kto'],
    'model-index': [
      {
        name: 'kto-thumbs',
        results: [
          {
            task: { type: 'text-generation' },
            dataset: { name: 'Anthropic/hh-rlhf + thumbs.jsonl, held-out prompts', type: 'Anthropic/hh-rlhf' },
            metrics: [
              {
                type: 'reward_accuracy',
                value: 0.55,
                name: 'reward accuracy after KTO: 55.0 % [45.0, 65.0], n = 100',
              },
              {
                type: 'reward_margin',
                value: 0.2,
                name: 'reward margin after KTO: 0.200 [0.100, 0.300] reward, n = 100',
              },
            ],
          },
        ],
      },
    ],
  });
});

test('the text says what it is, method, data, settings, results, use, versions and limits', () => {
  const { text } = read(modelCard(card));
  expect([...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title)).toEqual([
    ...['kto-thumbs', 'Method', 'Data', 'Settings', 'Results', 'Use', 'Versions', 'Limits'],
  ]);
  for (const words of [
    'A language model of the architecture `gpt_neox`, 70,426,624 parameters, float32, trained with KTO on human feedback.',
    'It started from `EleutherAI/pythia-70m` at commit `c0ffee`.',
    'The loss `kto`: Kahneman-Tversky optimisation ([KTO](https://arxiv.org/abs/2402.01306)), with these options:',
    '```yaml\nbeta: 0.1\ndesirableWeight: 1.5\n```',
    '| `hh` | 1,200 | 1,190 | 1,000 | dropped 10 (an empty reply) |\n| `logs/thumbs.jsonl` | 5 | 5 | 5 |  |',
    '- 900 examples to train on, 100 held out; no prompt is in both.',
    '- votes on one response: dropped 2 (as many up as down).',
    '- 600 desirable examples weigh 1.5 each, 900 undesirable ones 1 (by their counts).',
    '```yaml\nlearningRate: 5e-7\n```',
    '```yaml\nmethod: kto\nseed: 1\n```',
    '| reward accuracy | 55.0 % [45.0, 65.0] | 100 |\n| reward margin | 0.200 [0.100, 0.300] reward | 100 |',
    '- reward accuracy is not distinguishable from chance: the interval holds 50 %.',
    "await loadCheckpoint('this/folder')",
    'AutoModelForCausalLM.from_pretrained("this/folder")',
    `- Node ${process.version}, ONNX Runtime, 2 threads`,
    '- `@halokit/losses` ',
    '- `@tensorflow/tfjs-core` 4.',
  ]) {
    expect(text).toContain(words);
  }
  // An effect that was shown is no null, and a step that left nothing out is none.
  expect(text).not.toMatch(/reward margin (is|lies)|made into tokens/);
});

test.each([
  [{ ...half, low: 0.3, high: 0.48 }, 'reward accuracy lies below 50 %, where there would be no effect.'],
  [{ ...half, value: Number.NaN }, 'reward accuracy could not be measured.'],
  [{ ...half, low: Number.NaN, high: Number.NaN }, 'so whether it differs from 50 % (no effect) is open.'],
])('what %j does not show is said', (estimate, words) => {
  const results = [{ name: 'reward accuracy', estimate, unit: 'share', noEffect: 0.5 } as const];
  const { metadata, text } = read(modelCard({ ...card, results }));
  expect(text).toContain(words);
  expect(metadata['model-index'] === undefined).toBe(Number.isNaN(estimate.value));
  expect(text).not.toContain('NaN');
});

test('without results, and from a folder, nothing is claimed', () => {
  const { base: _, ...model } = card.model;
  const { metadata, text } = read(
    modelCard({ ...card, model, results: 'Not measured yet.', data: { ...card.data, sources: [] } }),
  );
  expect(Object.keys(metadata)).toEqual(['library_name', 'pipeline_tag', 'tags']);
  expect(text).toContain('## Results\n\nNot measured yet.\n');
});

test('a reward model is not said to talk', () => {
  const { metadata, text } = read(modelCard({ ...card, method: { loss: 'bradleyTerry', options: {}, scores: true } }));
  expect(metadata.pipeline_tag).toBeUndefined();
  expect(metadata.tags).toContain('reward-model');
  expect(text).toContain('A reward model of the architecture');
  expect(text).toContain('`score.weight`');
});

const hostile = [
  'a`b``c',
  '`',
  'x\n---\nlicense: mit\n---\n# Hello',
  'a | b |\n| c',
  '<script>alert(1)</script>',
  ': [}{ # & * ! > % @ " \' ---',
  '![x](http://example.org/x.png)',
  '\u001b[31mred\u0007',
  '```\n# out\n```',
  '',
];

test.each(hostile)('%j as a name stays what it is', (name) => {
  const counts = { read: 1, kept: 0, dropped: { [name]: 1 }, repaired: {} };
  const markdown = modelCard({
    ...card,
    name,
    method: { loss: name, options: { note: name }, scores: false },
    data: { ...card.data, sources: [{ name, counts, taken: 0 }], steps: [{ what: name, counts }], weights: name },
    tokenizer: name,
    settings: { stage: {}, run: { data: name } },
    results: [{ name, estimate: half, unit: 'share', noEffect: 0.5 }],
  });
  const { metadata, text } = read(markdown);
  expect(metadata.license).toBeUndefined();
  expect(metadata['model-index'][0].name).toBe(name);
  expect(metadata.tags.at(-1)).toBe(name);
  expect(parseDocument(/^---\n(.*?)\n---\n/s.exec(markdown)?.[1] as string).errors).toEqual([]);

  // Outside of code there is no markup but the card's own: blocks and spans of code are taken out first.
  const prose = text.replace(/^(`{3,})\w*\n.*?^\1$/gms, '').replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
  expect([...prose.matchAll(/^#+ /gm)].length).toBe(8);
  expect(prose).not.toMatch(/<script|(?<!\\)!\[|[^\P{Control}\n]/u);
  for (const row of prose.match(/^\|.*$/gm) ?? []) {
    const cells = row.split(/(?<!\\)\|/).length - 2;
    expect([3, 5]).toContain(cells);
  }
});
