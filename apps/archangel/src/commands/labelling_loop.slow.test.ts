import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runHere } from '../../test/run_here';

const folder = mkdtempSync(join(tmpdir(), 'loop-'));
const at = (...path: string[]) => join(folder, ...path);
afterAll(() => rmSync(folder, { recursive: true }));

async function archangel(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runHere(...args);
  expect(status, stderr).toBe(0);
  return stdout;
}

const small = [
  ...[
    '--shape.layers',
    '1',
    '--shape.width',
    '48',
    '--shape.heads',
    '2',
    '--shape.context',
    '96',
    '--max-length',
    '96',
  ],
  ...['--max-prompt-length', '48', '--batch-size', '16', '--held-out', '0.25'],
];

/** Answers that are polite and answers that are not, as likely as each other. */
function preferences(): string {
  const lines = Array.from({ length: 160 }, (_, i) => {
    const [number, other] = [i % 40, (i * 7) % 40];
    const polite = `Gladly: it is ${number}.`;
    const rude = i % 2 ? `Go away, ${other}.` : `No, it is ${number}.`;
    return JSON.stringify({ prompt: `What comes before ${number + 1}, item ${i}?`, chosen: polite, rejected: rude });
  });
  writeFileSync(at('pairs.jsonl'), lines.join('\n'));
  return at('pairs.jsonl');
}

/** Both kinds of answers, for a model to learn to speak from: it will give either. */
function demonstrations(pairs: string): string {
  const lines = readFileSync(pairs, 'utf8')
    .split('\n')
    .map((line) => JSON.parse(line))
    .flatMap(({ prompt, chosen, rejected }) =>
      [chosen, rejected].map((response) => ({ prompt, response, desirable: true })),
    )
    .map((row) => JSON.stringify(row));
  writeFileSync(at('both.jsonl'), lines.join('\n'));
  return at('both.jsonl');
}

test('a reward model is trained, labels what another model answers, and KTO on its labels makes answers that it prefers', async () => {
  const pairs = preferences();
  await archangel(
    'train',
    '--method',
    'bradleyTerry',
    '--data',
    pairs,
    '--out',
    at('rm'),
    '--epochs',
    '6',
    '--sft.epochs',
    '3',
    ...small,
  );
  const [accuracy] = JSON.parse(readFileSync(at('rm', 'report.json'), 'utf8')).figures;
  expect(accuracy).toMatchObject({ name: 'score accuracy' });
  expect(accuracy.estimate.low).toBeGreaterThan(0.8);

  const speak = ['--method', 'sft', '--data', demonstrations(pairs), '--out', at('base'), '--epochs', '12'];
  await archangel('train', ...speak, ...small);
  const asked = ['--data', pairs, '--prompts', '160', '--max-new-tokens', '24'];
  await archangel('sample', at('base'), ...asked, '--samples', '2');
  const said = await archangel(
    ...['label', at('base', 'sft-completions.jsonl'), at('base', 'sft-completions-2.jsonl')],
    ...['--by', at('rm'), '--as', 'thumbs', '--out', at('thumbs.jsonl')],
  );
  expect(said).toMatch(/\d+ thumbs, \d+ up and \d+ down/);

  const again = ['--method', 'kto', '--model', at('base', 'sft'), '--data', at('thumbs.jsonl'), '--out', at('kto')];
  await archangel('train', ...again, '--learning-rate', '3e-4', '--epochs', '6', ...small.slice(8));
  await archangel('sample', at('base'), at('kto'), ...asked, '--out', at('answers'));
  const polite = (method: string) => {
    const answers = readFileSync(at('answers', `${method}-completions.jsonl`), 'utf8')
      .trimEnd()
      .split('\n');
    return answers.filter((line) => JSON.parse(line).response.startsWith('Gladly')).length / answers.length;
  };
  expect(polite('sft')).toBeLessThan(0.65);
  expect(polite('kto')).toBeGreaterThan(polite('sft') + 0.2);

  const judging = [at('answers', 'kto'), '--against', at('answers', 'sft'), '--judge', at('rm'), '--json'];
  const [{ rate }] = JSON.parse(await archangel('judge', ...judging)).judged;
  expect(rate.low).toBeGreaterThan(0.5);
});
