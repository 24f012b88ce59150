// A graphics processor in software runs out of memory. What it made before can still be read.
import '@tensorflow/tfjs';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../src';
import { softwareVulkan } from '../software_vulkan';

softwareVulkan('swiftshader');
setDevice('webgpu');
await tf.setBackend('onnxruntime');
const row = tf.add(tf.ones([1, 1000]), 0);
await row.data();
const kilobytes = Number(/VmSize:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
execFileSync('prlimit', ['--pid', String(process.pid), `--as=${1024 * kilobytes + 1.5e9}`]);

const last = (x: tf.Tensor) => tf.slice(x, [99_999, 999], [1, 1]).data();
const made: tf.Tensor[] = [];
let error = '';
while (error === '' && made.length < 8) {
  // 400 MB each.
  made.push(tf.add(tf.tile(row, [100_000, 1]), made.length));
  error = await last(made.at(-1) as tf.Tensor).then(
    () => '',
    (reason: Error) => reason.message,
  );
}
const values: number[] = [];
for (const tensor of made.slice(0, -1)) values.push((await last(tensor))[0] as number);
console.log(JSON.stringify({ error, values }));
process.exit(0);
