import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { models } from './costs';
import { type Links, predicted } from './links';
import { scalingPage } from './page';

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
  `the model of cost is within a third of every measured point, a tenth of half of them${busy}`,
  () => {
    const errors = links.points.map((point) => Math.abs(predicted(point) / point.seconds - 1)).sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(10);
    expect(errors.at(-1)).toBeLessThan(1 / 3);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.1);
  },
);
