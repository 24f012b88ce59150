import type { Node } from './node';
import type { Chunk } from './plan';

/** The node that a model calls n3 or, within the body of another, n3_1: alone or in a longer name or message. */
export function nodeNamed(text: string, { nodes }: Pick<Chunk, 'nodes'>): Node | undefined {
  const [, place, within] = /\bn(\d+)(?:_(\d+))?/.exec(text) ?? [];
  const node = nodes[Number(place)];
  return node?.options.body?.nodes[Number(within)] ?? node;
}
