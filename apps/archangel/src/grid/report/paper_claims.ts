import type { Estimate } from '@halokit/evaluation';
import { shareOf } from './known_sweeps';
import {
  directionOf,
  type PublishedFigure,
  publishedDifference,
  publishedOf,
  publishedOnMistral,
  publishedShares,
} from './published_figures';
import { isTold, type RunTest } from './run_tests';
import { differenceText, testSentence } from './test_words';

/** What a test says of a claim; it cannot be told where nothing is told apart. */
export type Verdict = 'agrees' | 'disagrees' | 'cannot be told';

/** Something that the papers claim, beside what the authors' own counts say of it and what came out here. */
export interface PaperClaim {
  readonly claim: string;
  /** What the authors' own counts say. */
  readonly counts: string;
  readonly here: readonly { readonly scope: string; readonly verdict: Verdict; readonly sentence: string }[];
}

interface Asked extends Pick<PaperClaim, 'claim' | 'counts'> {
  readonly tests: (test: RunTest) => boolean;
  /** The sign of the difference that is claimed. */
  readonly sign: 1 | -1;
}

/** What the papers claim of all that this grid asked; what it did not ask stands in `notAsked`. */
export function claimsOf(tests: readonly RunTest[]): {
  readonly claims: readonly PaperClaim[];
  readonly notAsked: readonly string[];
} {
  const answered = asked.map(({ claim, counts, tests: isOf, sign }) => {
    const here = tests.filter(isOf).map((test) => ({
      scope: test.scope,
      verdict: verdictOf(test, sign),
      sentence: testSentence(test),
    }));
    return { claim, counts, here };
  });
  return {
    claims: answered.filter(({ here }) => here.length > 0),
    notAsked: answered.filter(({ here }) => here.length === 0).map(({ claim }) => claim),
  };
}

function verdictOf(test: RunTest, sign: number): Verdict {
  if (!isTold(test)) return 'cannot be told';
  return Math.sign(test.estimate.value) === sign ? 'agrees' : 'disagrees';
}

const compares = (about: string, of: string, against: string) => (test: RunTest) =>
  test.about === about && test.of === of && test.against === against;

const asked: readonly Asked[] = [
  {
    claim: 'KTO alone does better than DPO alone.',
    counts: bySize('kto', 'dpo'),
    tests: compares('kto-dpo', 'kto', 'dpo'),
    sign: 1,
  },
  {
    claim: 'SFT and then KTO does at least as well as SFT and then DPO, at every scale.',
    counts: bySize('sft+kto', 'sft+dpo'),
    tests: compares('kto-dpo', 'sft+kto', 'sft+dpo'),
    sign: 1,
  },
  {
    claim: 'Without SFT, answers of KTO are shorter than those of DPO.',
    counts: lengthsBySize(),
    tests: compares('lengths', 'kto', 'dpo'),
    sign: -1,
  },
  {
    claim: 'With nine in ten desirable examples left out, KTO still does better than DPO.',
    counts: tenth(),
    tests: ({ about, of, against }) =>
      about === 'sweep desirable' && against.endsWith('dpo') && shareOf(of.split('=')[1] ?? '') === 0.1,
    sign: 1,
  },
  {
    claim: 'With one response a prompt, KTO still does better than DPO on pairs.',
    counts: unary(),
    tests: ({ about, against }) => about === 'sweep onePerPrompt' && against.endsWith('dpo'),
    sign: 1,
  },
];

/** What the authors' counts say of a difference, model by model. */
function bySize(method: string, other: string): string {
  const others = publishedOf(other);
  const differences = publishedOf(method).map((figure) => {
    const against = others.find(({ model }) => model === figure.model) as PublishedFigure;
    return { model: figure.model, estimate: publishedDifference(figure, against) };
  });
  const group = (direction: -1 | 0 | 1, words: string) => {
    const models = differences.filter(({ estimate }) => directionOf(estimate) === direction);
    const said = models.map(({ model, estimate }) => `${model} ${points(estimate)}`);
    return said.length === 0 ? [] : [`${words} on ${said.join(', ')}`];
  };
  const groups = [...group(1, 'higher'), ...group(-1, 'lower'), ...group(0, 'not to be told apart')];
  return `Rate of ${method} less that of ${other}: ${groups.join('; ')} (points, each by its own 95 % interval).`;
}

function points({ value }: Estimate): string {
  return `${value > 0 ? '+' : ''}${(100 * value).toFixed(1)}`.replace('-', '−');
}

function lengthsBySize(): string {
  const others = publishedOf('dpo');
  const said = publishedOf('kto').map(({ model, meanTokens }, i) => {
    return `${model} ${meanTokens.toFixed(0)} against ${others[i]?.meanTokens.toFixed(0)}`;
  });
  const half = publishedOf('kto').filter(({ meanTokens }, i) => meanTokens < (others[i]?.meanTokens ?? 0) / 2);
  return `Mean tokens of kto against dpo: ${said.join(', ')}; less than half as long on ${half.map(({ model }) => model).join(', ')}.`;
}

function tenth(): string {
  const figure = publishedShares('desirable').find(({ share }) => share === 0.1) as PublishedFigure;
  return against(figure, dpoOn('Llama 7B'), 'Llama 7B, a tenth of the desirable examples');
}

function unary(): string {
  const of = (name: string) => publishedOnMistral().find(({ method }) => method === name) as PublishedFigure;
  return against(of('kto-unary'), of('dpo'), 'Mistral 7B on OASST, one response a prompt');
}

function dpoOn(model: string): PublishedFigure {
  return publishedOf('dpo').find((figure) => figure.model === model) as PublishedFigure;
}

function against(of: PublishedFigure, dpo: PublishedFigure, what: string): string {
  const estimate = publishedDifference(of, dpo);
  const share = ({ rate }: PublishedFigure) => `${(100 * rate.value).toFixed(1)} % (n = ${rate.n})`;
  const told = directionOf(estimate) === 0 ? 'not to be told apart' : estimate.value > 0 ? 'higher' : 'lower';
  return `${what}: ${share(of)} against DPO’s ${share(dpo)}, ${differenceText(estimate, 'share')}: ${told}.`;
}
