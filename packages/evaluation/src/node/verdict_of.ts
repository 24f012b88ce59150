import type { Verdict } from '../both_orders';

const verdicts: Readonly<Record<string, Verdict>> = { a: 'first', b: 'second', tie: 'tie' };

/**
 * The verdict in a judge's words: the last line that is not empty, if it is `Verdict: A`, `Verdict: B` or `Verdict: tie`
 * and nothing more; capitals, a full stop and Markdown's emphasis make no difference. All else is unparsable: no such line
 * there, or lines before it that say another verdict, which a response may have put into the judge's mouth.
 */
export function verdictOf(said: string): Verdict {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const [last, ...before] = lines.map(verdictLine).reverse();
  if (last === undefined) return 'unparsable';
  return before.some((verdict) => verdict !== undefined && verdict !== last) ? 'unparsable' : last;
}

function verdictLine(line: string): Verdict | undefined {
  const plain = line.replaceAll(/[*_`]/g, '').trim().toLowerCase();
  const [, word = ''] = /^verdict: ?(a|b|tie)\.?$/.exec(plain) ?? [];
  return verdicts[word];
}
