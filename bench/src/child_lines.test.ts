import { expect, test } from 'vitest';
import { childLines } from './child_lines';

const node = (script: string, env: NodeJS.ProcessEnv = {}) => ({
  file: process.execPath,
  args: ['-e', script],
  cwd: process.cwd(),
  env,
});

test('JSON lines are handed on, other lines are not, and nothing of the environment is inherited', async () => {
  const lines: unknown[] = [];
  const script = `console.log('hello'); console.log(JSON.stringify({ home: process.env.HOME ?? null, x: process.env.X }))`;
  await childLines(node(script, { X: 'y' }), (line) => lines.push(line));
  expect(lines).toEqual([{ home: null, x: 'y' }]);
});

test('a program that fails is an error with what it complained of', async () => {
  const run = childLines(node('console.error("out of luck"); process.exit(3)'), () => {});
  await expect(run).rejects.toThrow(/ended with 3:\nout of luck$/);
});

test('a program that does not exist is an error', async () => {
  await expect(childLines({ ...node(''), file: 'no-such-program' }, () => {})).rejects.toThrow('ENOENT');
});
