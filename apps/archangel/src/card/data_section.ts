import type { Counts } from '@halokit/data';
import { whole } from '../terminal/numbers';
import type { CardData } from './card';
import { code, plain, tableOf } from './markdown';

/** Where the examples are from, and what became of them. */
export function dataSection({ said, sources, steps, trained, heldOut, weights }: CardData): string {
  const rows = sources.map(({ name, counts, taken }) => [
    code(name),
    ...[counts.read, counts.kept, taken].map(whole),
    reasons(counts),
  ]);
  const lines = [
    `${whole(trained)} examples to train on, ${whole(heldOut)} held out; no prompt is in both.`,
    ...steps
      .filter(({ counts }) => reasons(counts) !== '')
      .map(({ what, counts }) => `${plain(what)}: ${reasons(counts)}.`),
    ...(weights === undefined ? [] : [`${plain(weights)}.`]),
  ];
  return [
    ...(said === undefined ? [] : [plain(said)]),
    ...(rows.length > 0
      ? [tableOf(['source', 'rows read', 'kept', 'examples taken', 'left out or repaired'], rows)]
      : []),
    lines.map((line) => `- ${line}`).join('\n'),
  ].join('\n\n');
}

function reasons({ dropped, repaired }: Counts): string {
  const list = (verb: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([reason, count]) => `${verb} ${whole(count)} (${plain(reason)})`);
  return [...list('dropped', dropped), ...list('repaired', repaired)].join(', ');
}
