import type { GridResults } from '../results/grid_results';
import { sizeText } from './model_words';

/** What was run, and what can therefore not be concluded. */
export function whatItIs({ models, methods, seeds, sweeps, cells, judge }: GridResults): string[] {
  const sizes = models.map(({ parameters }) => parameters);
  const range =
    sizes.length === 0
      ? ''
      : sizes.length === 1
        ? ` of ${sizeText(sizes[0] as number)} parameters`
        : ` of ${sizeText(Math.min(...sizes))} to ${sizeText(Math.max(...sizes))} parameters`;
  const swept = sweeps.length === 0 ? '' : ` and ${count(sweeps.length, 'sweep')}`;
  const run = `${count(models.length, 'model')}${range}, ${count(methods.length, 'method')}${swept}, ${count(seeds.length, 'seed')}: ${count(cells.length, 'cell')}.`;
  return [
    run,
    ...(judge === 'world' ? ofTheWorld : judge === '' ? [] : [`The judge is ${judge}.`]),
    'A run, which is one model with one seed, is the unit of every test: prompts of one run share its training. Runs of one seed share their feedback and prompts too, so that they are less independent than a test over runs takes them to be.',
    'Every cell was trained once, with the settings at the end, which are the same for all methods but where these say otherwise: a method may do better with others.',
  ];
}

const ofTheWorld = [
  'This is a world of templates: requests are made from patterns, the models are small and learnt to speak from the same patterns, and the judge is the program that knows the rules. It has no taste, makes no mistakes, and does not care for length.',
  'What comes out shows how the losses work on such feedback. It cannot show what people would prefer, what models of a useful size would do, nor what a judge does that likes long answers; and where it disagrees with a paper it does not refute it.',
];

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
