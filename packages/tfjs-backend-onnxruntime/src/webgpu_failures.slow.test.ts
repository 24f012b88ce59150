import { expect, test } from 'vitest';
import { runProgram } from '../test/child';
import { missingDriver } from '../test/software_vulkan';

const missing = missingDriver('swiftshader');
if (missing) console.log(`Skipped: ${missing}.`);

test.skipIf(missing)('memory that a device has not is a clear error, after which all else can be read', async () => {
  const { error, values } = (await runProgram('out_of_device_memory')) as { error: string; values: number[] };
  expect(error).toMatch(
    /^The graphics processor has no memory for it, or not in one piece: \w+ makes float32\[100000,1000\], 400 MB, beside \d\.\d GB/,
  );
  expect(values.length).toBeGreaterThan(0);
  expect(values).toEqual(values.map((_, i) => 1 + i));
});
