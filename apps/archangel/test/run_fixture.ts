import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { meanInterval, wilson } from '@halokit/evaluation';

/** What a model may write to break a page. */
export const hostile =
  '</script></pre><script>window.ran = 1</script><img src=x onerror="window.ran = 1">&amp;\u202Eabc \ud800';

/** A text of a megabyte, as one word. */
const megabyte = `long ${'x'.repeat(1_000_000)}`;

export interface FixtureOptions {
  readonly method: string;
  readonly steps?: number;
  readonly config?: object;
  /** Outcomes of the pairs, `w`, `t`, `l` or `u` each, judged against the target. */
  readonly outcomes?: string;
  readonly judge?: string;
}

const outcomeOf = { w: 'win', t: 'tie', l: 'loss', u: 'unparsable' } as const;
const verdicts = {
  win: ['first', 'second'],
  tie: ['first', 'first'],
  loss: ['second', 'first'],
  unparsable: ['unparsable', 'first'],
} as const;

/** Writes a run's folder as `train`, `sample` and `judge` leave it, with numbers made here. */
export function writeRun(
  folder: string,
  { method, steps = 50, config = {}, outcomes = '', judge = 'tester' }: FixtureOptions,
): void {
  mkdirSync(folder, { recursive: true });
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const lines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  file(
    'config.yaml',
    JSON.stringify({ method, data: 'thumbs.jsonl', seed: 1, loss: { beta: 0.1 }, sft: { first: true }, ...config }),
  );
  file('run.json', JSON.stringify({ backend: 'cpu', versions: { node: '20.0.0' }, fingerprints: { dataset: 'abc' } }));
  file(`${method}-metrics.jsonl`, lines(metricsOf(steps)));
  file('sft-metrics.jsonl', lines(metricsOf(3)));
  file('report.json', JSON.stringify(reportOf(method, steps)));
  if (outcomes === '') return;
  const slug = judge.replaceAll('/', '-');
  const pairs = [...outcomes].map((letter, i) => pairOf(i, outcomeOf[letter as keyof typeof outcomeOf]));
  file(`${method}-judgments-target-${slug}.jsonl`, lines(pairs));
  file(`${method}-judged-target-${slug}.json`, JSON.stringify(judgedOf(join(folder, method), method, judge, pairs)));
  const settings = { prompts: pairs.length, temperature: 1, topP: 0.95, maxNewTokens: 64, seed: 1 };
  file(
    `${method}-completions.json`,
    JSON.stringify({ model: join(folder, method), method, data: 'thumbs.jsonl', settings }),
  );
  file(
    `${method}-completions.jsonl`,
    lines(
      pairs.map(({ id, set, prompt, candidate, baseline, candidateTokens, baselineTokens }) => ({
        ...{ id, set, prompt, response: candidate, tokens: candidateTokens, finished: candidateTokens < 60 },
        ...{ target: baseline, targetTokens: baselineTokens },
      })),
    ),
  );
}

function metricsOf(steps: number) {
  return Array.from({ length: steps }, (_, i) => ({
    ...{ step: i + 1, epoch: 0, loss: 0.5 - i / (4 * steps) + (i % 7) / 100, kl: i / steps, grad_norm: 1 },
    ...{ 'rewards/chosen': i / steps, 'rewards/rejected': -i / steps, 'rewards/margins': (2 * i) / steps },
  }));
}

type Outcome = (typeof outcomeOf)[keyof typeof outcomeOf];

function pairOf(i: number, outcome: Outcome) {
  const [ahead, behind] = verdicts[outcome];
  const candidate = i === 0 ? hostile : i === 1 ? megabyte : `Answer ${i} of the model.`;
  return {
    ...{ id: `p${i}`, set: i % 2 ? 'hh-harmless' : 'shp', prompt: [{ role: 'user', content: `Say ${i}` }] },
    ...{ candidate, baseline: `Target ${i}.`, candidateTokens: 10 + i, baselineTokens: 20 },
    ahead: { verdict: ahead, said: `Because of ${i}.\nVerdict: A` },
    behind: { verdict: behind, said: 'Verdict: B' },
    outcome,
  };
}

function judgedOf(model: string, method: string, judge: string, pairs: readonly ReturnType<typeof pairOf>[]) {
  const count = (outcome: Outcome) => pairs.filter((pair) => pair.outcome === outcome).length;
  const [win, tie, loss, unparsable] = [count('win'), count('tie'), count('loss'), count('unparsable')];
  return {
    ...{ candidate: { model, method }, baseline: 'target' },
    // A function has no question.
    judge: judge.endsWith('.ts')
      ? { name: judge }
      : { name: judge, question: { name: 'helpful_harmless_concise', sha256: '0123456789abcdef' } },
    counts: { win, tie, loss, unparsable, orderDependent: tie, withoutTarget: 0 },
    rate: wilson(win + tie / 2, win + tie + loss),
    rateWithoutTies: wilson(win, win + loss),
    meanTokens: {
      candidate: meanInterval(pairs.map(({ candidateTokens }) => candidateTokens)),
      baseline: meanInterval(pairs.map(({ baselineTokens }) => baselineTokens)),
    },
    cost: { requests: 2 * pairs.length, cached: 0 },
  };
}

function reportOf(method: string, steps: number) {
  const accuracy = (wins: number, n: number, pValue: number) => ({
    ...{ name: 'reward accuracy', estimate: wilson(wins, n), unit: 'share', noEffect: 0.5, pValue },
  });
  const rule = { name: 'rule "the shorter answer wins"', estimate: wilson(52, 100), unit: 'share' };
  const unknown = { value: null, low: null, high: null, n: 20 };
  const gained = { value: 0.18, low: 0.04, high: 0.32, n: 100 };
  const over = { name: 'reward accuracy over that rule', estimate: gained, unit: 'share', noEffect: 0 };
  const first = { loss: 0.5, kl: 0, 'rewards/margins': 0 };
  const last = { loss: 0.3, kl: 1.25, 'rewards/margins': 1.5 };
  const source = { source: { name: 'thumbs.jsonl' }, files: [], notes: [], held: 100, taken: 90 };
  const counts = { read: 103, kept: 100, dropped: { 'an empty reply': 3 }, repaired: { 'turns joined': 2 } };
  return {
    figures: [accuracy(70, 100, 1e-4), rule, over],
    slices: [
      { by: 'set', name: 'shp', n: 60, figures: [accuracy(38, 60, 0.04)] },
      { by: 'set', name: 'tiny', n: 4, figures: [accuracy(4, 4, 0.125)] },
      { by: 'set', name: 'hh', n: 36, figures: [accuracy(20, 36, 0.5)] },
      { by: 'class', name: 'missing', n: 20, figures: [{ ...accuracy(10, 20, 1), estimate: unknown }] },
    ],
    calibration: {
      bins: [0.3, 0.7].map((p) => ({ low: p, high: p, n: 50, predicted: p, observed: wilson(50 * p, 50) })),
      ...{ expectedError: 0.01, brier: 0.2 },
    },
    training: { [method]: { updates: steps, first, last } },
    data: {
      ...counts,
      sources: [{ ...source, counts }],
      steps: [],
      sets: [{ set: 'thumbs.jsonl', class: 'desirable', train: 80, heldOut: 10 }],
    },
  };
}
