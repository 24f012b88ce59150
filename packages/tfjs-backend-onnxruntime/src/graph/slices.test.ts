import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply } from './record';
import { slices } from './slices';
import { Value } from './value';

/** A made-up layer: nodes that write `bytes` each, one in four of them a product. */
function layer(nodes: number, numbers: number) {
  const x = new Value('float32', [numbers]);
  return Array.from({ length: nodes }, (_, i) => {
    const op = i % 4 === 0 ? 'Gemm' : 'Add';
    const node = apply(op, [x], { type: 'float32', shape: [numbers] }).node;
    if (!node) throw new Error('A recorded value has a node.');
    return node;
  });
}

test('nothing is lost and the order stays', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2000 }), fc.constantFrom(1, 1000, 1_000_000), (count, numbers) => {
      const nodes = layer(count, numbers);
      const parts = slices(nodes);
      expect(parts.flat()).toEqual(nodes);
      expect(Math.max(0, ...parts.map((part) => part.length))).toBeLessThanOrEqual(512);
    }),
  );
});

test('small work stays in one piece, large work is cut where products begin', () => {
  expect(slices(layer(400, 10))).toHaveLength(1);
  const parts = slices(layer(400, 1_000_000));
  expect(parts.length).toBeGreaterThan(5);
  for (const [first] of parts) expect(first?.op).toBe('Gemm');
});

test('layers that are alike are cut alike', () => {
  const parts = slices(Array.from({ length: 12 }, () => layer(36, 1_000_000)).flat());
  const kinds = new Set(parts.map((part) => part.map(({ op }) => op).join()));
  expect(kinds.size).toBeLessThanOrEqual(3);
});
