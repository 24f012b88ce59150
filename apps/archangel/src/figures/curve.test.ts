import { expect, test } from 'vitest';
import { Curve, centred, type Point, smoothed } from './curve';

test('a curve has every step until there are too many, then means of two, and ends at the latest step', () => {
  const curve = new Curve(4);
  for (let step = 1; step <= 3; step++) curve.add(step, step * 10);
  expect(curve.toPoints(3)).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ]);
  for (let step = 4; step <= 7; step++) curve.add(step, step * 10);
  expect(curve.toPoints(7)).toEqual([
    [2, 15],
    [4, 35],
    [6, 55],
    [7, 70],
  ]);
});

test('a long run stays small, and its mean what it was', () => {
  const curve = new Curve();
  const steps = 100_000;
  for (let step = 1; step <= steps; step++) curve.add(step, step % 2);
  const points = curve.toPoints(steps);
  expect(points.length).toBeLessThanOrEqual(400);
  expect(points.length).toBeGreaterThan(150);
  expect(points.every(([, value]) => value === 0.5)).toBe(true);
});

test('what is no number is left out', () => {
  const curve = new Curve();
  curve.add(1, Number.NaN);
  curve.add(2, 1);
  expect(curve.toPoints(2)).toEqual([[2, 1]]);
});

test('a mean of the points around does not run behind a line, as one of those before does', () => {
  const line = Array.from({ length: 50 }, (_, i): Point => [i, 2 * i]);
  expect(centred(line).slice(3, -3)).toEqual(line.slice(3, -3));
  expect(centred(line).at(-1)).toEqual([49, 2 * 47.5]);
  expect(smoothed(line).at(-1)?.[1]).toBeLessThan(90);
  const one = Array.from({ length: 50 }, (_, i): Point => [i, i === 25 ? 21 : 0]);
  expect(centred(one).map(([, value]) => value)).toEqual(one.map((_, i) => (Math.abs(i - 25) <= 10 ? 1 : 0)));
});
