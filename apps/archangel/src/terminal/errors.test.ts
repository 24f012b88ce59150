import { expect, test } from 'vitest';
import { InputError } from '../input_error';
import { explain } from './errors';

const system = (code: string, path?: string) => Object.assign(new Error('low-level words'), { code, path });

test.each([
  [new InputError('f.jsonl: line 2: is not JSON.'), 'f.jsonl: line 2: is not JSON.'],
  [system('ENOSPC', 'runs/x'), 'No space left on the disk: runs/x. Free some, or choose another folder with --out.'],
  [system('ENOENT', 'a.jsonl'), 'No such file or folder: a.jsonl. Check the path.'],
  [system('EACCES'), 'No permission. Change its permissions, or choose another path.'],
  [
    new TypeError('x is not a function\nand more'),
    'x is not a function (unexpected; run again with --verbose for the details)',
  ],
  [
    new WebAssembly.RuntimeError('memory access out of bounds'),
    'WebAssembly ran out of memory, of which it has 4 GB at most. Lower --microbatch-tokens or --max-length.',
  ],
  ['just words', 'just words'],
])('%s is explained in one line', (error, line) => {
  expect(explain(error)).toBe(line);
});
