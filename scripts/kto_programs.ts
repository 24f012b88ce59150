// Programs of plain Node that take KTO's steps of kto_steps.mjs with the packages as they are installed.
import { fileURLToPath } from 'node:url';

/** To be copied beside them. */
export const ktoStepsFile = fileURLToPath(new URL('./kto_steps.mjs', import.meta.url));

export const ktoBackends = ['onnxruntime', 'wasm'];

const steps = `for (const backend of ${JSON.stringify(ktoBackends)}) {
    if (!(await tf.setBackend(backend))) throw new Error(backend + ' did not start');
    console.log(JSON.stringify(await ktoSteps({ data, losses, models, trainer })));
  }`;

/** One as an ES module, one as CommonJS, by file name. Each prints a line of losses for every backend. */
export const ktoPrograms: Readonly<Record<string, string>> = {
  'module.mjs': `import * as data from '@halokit/data';
import * as losses from '@halokit/losses';
import * as models from '@halokit/models';
import { registerWasmKernels } from '@halokit/models/wasm';
import '@halokit/tfjs-backend-onnxruntime';
import * as trainer from '@halokit/trainer';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { ktoSteps } from './kto_steps.mjs';

registerWasmKernels();
${steps}
`,
  'common.cjs': `const data = require('@halokit/data');
const losses = require('@halokit/losses');
const models = require('@halokit/models');
const { registerWasmKernels } = require('@halokit/models/wasm');
require('@halokit/tfjs-backend-onnxruntime');
const trainer = require('@halokit/trainer');
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');

registerWasmKernels();
import('./kto_steps.mjs').then(async ({ ktoSteps }) => {
  ${steps}
});
`,
};
