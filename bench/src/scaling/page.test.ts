import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { models } from './costs';
import { type Links, lineShares, predicted } from './links';
import { errorsOf, scalingPage } from './page';

const document = (name: string) => new URL(`../../../docs/${name}`, import.meta.url);
const links: Links = JSON.parse(readFileSync(document('scaling.json'), 'utf8'));

const page = scalingPage(links);

// `vitest -u` makes it again, where the model of cost has changed and the network has not.
test('docs/scaling.md is made from what was measured and from the model of cost alone', async () => {
  await expect(page).toMatchFileSnapshot(document('scaling.md').pathname);
});

test('every model ends somewhere, and the page says where', () => {
  for (const name of models) expect(page).toContain(`### ${name}\n`);
  expect(page).toMatch(/Machines of 24 GB: .* ends before/);
});

const busy = links.load > links.cores ? ': skipped, for the machine was busy when they were measured' : '';

test.skipIf(busy !== '')(
  `the model of cost is within a third of what every point that it was not fitted to took in some round, and within a sixth of half of their medians${busy}`,
  () => {
    const shares = lineShares(links.points);
    const errors = errorsOf(shares)
      .map(Math.abs)
      .sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(10);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(1 / 6);
    for (const { share, others } of shares) {
      for (const point of others) {
        const [least, most] = point.range;
        expect(predicted(point, share)).toBeGreaterThan((2 / 3) * least);
        expect(predicted(point, share)).toBeLessThan((4 / 3) * most);
      }
    }
  },
);

test('the share of a line is what its largest array reached on the slowest one', () => {
  const known = { library: 'Open MPI', ranks: 2, secondsOfOne: 1e-3, range: [0, 1] as const };
  const points = [1e8, 1e9].flatMap((bitsPerSecond) =>
    [2 ** 20, 2 ** 24].map((bytes) => {
      const point = { ...known, bitsPerSecond, bytes, seconds: 0 };
      return { ...point, seconds: predicted(point, 0.5) };
    }),
  );
  const [found] = lineShares(points);
  expect(found?.share).toBeCloseTo(0.5, 12);
  expect(found?.fittedTo).toMatchObject({ bitsPerSecond: 1e8, bytes: 2 ** 24 });
  expect(errorsOf(lineShares(points)).map((error) => Math.round(1e9 * error))).toEqual([0, 0, 0]);
});
