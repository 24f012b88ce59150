import { totalmem } from 'node:os';
import { gigabytes } from '../numbers';
import type { Options } from '../options';
import type { Plan } from './measure_shape';
import { memoryNeeded, parseShape } from './shape';

/**
 * What is measured: the shapes asked for, or a bench's own. Of those the first is its main one; the others are large, and
 * are measured no longer than the bench says, and left out where memory is short.
 */
export function chosenPlans([main, ...large]: readonly [Plan, ...Plan[]], options: Options): [Plan, ...Plan[]] {
  const { shapes, rounds = main.rounds, steps = main.steps } = options;
  const known = [main, ...large].map(({ shape }) => shape);
  if (shapes) return shapes.map((text) => ({ shape: parseShape(text, known), rounds, steps })) as [Plan, ...Plan[]];
  const plans: [Plan, ...Plan[]] = [{ shape: main.shape, rounds, steps }];
  for (const plan of large) {
    const needed = memoryNeeded(plan.shape);
    if (needed > totalmem()) console.error(`${plan.shape.name} is left out: it wants ${gigabytes(needed)} of memory.`);
    else plans.push({ ...plan, rounds: Math.min(rounds, plan.rounds), steps: Math.min(steps, plan.steps) });
  }
  return plans;
}
