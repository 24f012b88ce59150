import type { Estimate } from '@halokit/evaluation';
import { pointsText, pText } from '../../report/findings';
import { isTold, type RunTest } from './run_tests';

/** `+9.1 points [3.2, 15.0]`, `−12.3 tokens [−20.0, −4.6]`. */
export function differenceText(estimate: Estimate, unit: RunTest['unit']): string {
  if (unit === 'share') return hasInterval(estimate) ? pointsText(estimate) : pointsText(estimate).replace(/ \[.*/, '');
  const { value, low, high } = estimate;
  const signed = (tokens: number) => tokens.toFixed(1).replace('-', '−');
  const said = `${value > 0 ? '+' : ''}${signed(value)} tokens`;
  return hasInterval(estimate) ? `${said} [${signed(low)}, ${signed(high)}]` : said;
}

function hasInterval({ low, high }: Estimate): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

/** What a test says, no stronger than it allows. */
export function testSentence(test: RunTest): string {
  const { of, against, unit, scope, estimate, corrected } = test;
  const where = scope && ` on ${scope}`;
  const figure = differenceText(estimate, unit);
  if (corrected === undefined) {
    return `${of} less ${against} is ${figure} in the one run there is${where}: too few to tell anything.`;
  }
  const rest = `${figure} over ${estimate.n} runs (${pText(corrected)} after correction)`;
  if (!isTold(test)) return `${of} and ${against} are not to be told apart${where}: ${of} less ${against} is ${rest}.`;
  const more = estimate.value > 0;
  const verb =
    unit === 'share'
      ? `wins ${more ? 'more' : 'less'} often than`
      : `gives ${more ? 'longer' : 'shorter'} answers than`;
  return `${of} ${verb} ${against}${where}: ${rest}.`;
}

/** How many of the tests tell anything apart. */
export function summaryOf(tests: readonly RunTest[], level: number): string[] {
  const tested = tests.filter(({ corrected }) => corrected !== undefined);
  if (tested.length === 0) return ['Nothing was tested: that takes two runs of two methods, by model and seed.'];
  const told = tested.filter(isTold).length;
  const alone = tested.filter((test) => !isTold(test) && (test.pValue as number) < level).length;
  const rest =
    alone === 0
      ? ''
      : ` ${alone}${told === 0 ? '' : ' more'} would pass for significant alone, and ${alone === 1 ? 'does' : 'do'} not among so many.`;
  const correction = `at ${100 * level} % after Holm’s correction for all of them`;
  if (tested.length === 1)
    return [
      `One test was made, a paired t test over runs; it ${told === 1 ? 'tells' : 'does not tell'} the two methods apart at ${100 * level} %.`,
    ];
  const which = told === 0 ? 'none tells' : told === 1 ? 'one of them tells' : `${told} of them tell`;
  return [
    `${tested.length} tests were made, paired t tests over runs; ${which} two methods apart ${correction}.${rest}`,
  ];
}
