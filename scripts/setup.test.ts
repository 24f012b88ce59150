import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { run } from './child.mjs';
import { checkNode } from './setup.mjs';

test('a Node that is too old is refused with the way out', () => {
  for (const old of ['18.20.8', '20.18.3', '8.0.0'])
    expect(() => checkNode(old, '>=20.19')).toThrow(/needs >=20\.19.*nodejs\.org/);
  for (const fine of ['20.19.0', '20.20.2', '22.0.0']) expect(() => checkNode(fine, '>=20.19')).not.toThrow();
});

test("a command's exit code and output come back as they are", async () => {
  const script = 'console.log("out"); console.error("err"); process.exit(7)';
  const { code, output } = await run(process.execPath, ['-e', script], { capture: true });
  expect(code).toBe(7);
  expect(output.split('\n').sort().join(' ')).toBe(' err out');
});

test('a command that a signal ended gives the exit code of a shell', async () => {
  expect((await run(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM")'])).code).toBe(128 + 15);
});

test('a command that does not exist is refused in one line', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'strat'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Unknown command "strat"\. There are: start, .*\n$/);
});
