import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** What stands in for a package of TensorFlow's. */
export interface Double {
  /** Whether its install script has run; default: yes. */
  readonly hasLibrary?: boolean;
  /** Whether it says that it uses a GPU. */
  readonly usesGpu?: boolean;
  /** A statement that its main file begins with. */
  readonly first?: string;
}

/** A folder with packages that behave as TensorFlow's do when they are loaded, but compute in plain JavaScript. */
export interface Place {
  readonly folder: string;
  /** A file of it, from which the packages are found. */
  readonly from: string;
}

/**
 * @param doubles by the package's name behind `@tensorflow/`
 * @param ownCore whether the packages have a TensorFlow.js core of their own
 */
export function tensorflowPlace(doubles: Readonly<Record<string, Double>>, { ownCore = false } = {}): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  const scope = join(folder, 'node_modules', '@tensorflow');
  mkdirSync(scope, { recursive: true });
  for (const name of ['tfjs', 'tfjs-core', 'tfjs-backend-cpu']) provide(name, scope, ownCore);
  for (const [name, double] of Object.entries(doubles)) write(join(scope, name), name, double);
  return { folder, from: join(folder, 'program.js') };
}

/** The app's own package, or a copy of its core. */
function provide(name: string, scope: string, ownCore: boolean): void {
  // The cpu backend is no dependency of the app, but one of TensorFlow.js.
  const asker = name === 'tfjs-backend-cpu' ? createRequire(require.resolve('@tensorflow/tfjs')) : require;
  const source = dirname(asker.resolve(`@tensorflow/${name}/package.json`));
  if (!ownCore || name !== 'tfjs-core') symlinkSync(source, join(scope, name), 'junction');
  else for (const part of ['package.json', 'dist/tf-core.node.js']) cpSync(join(source, part), join(scope, name, part));
}

function write(folder: string, name: string, { hasLibrary = true, usesGpu = false, first = '' }: Double): void {
  mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true });
  if (hasLibrary) writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: `@tensorflow/${name}`, version: '4.22.0' }));
  writeFileSync(join(folder, 'index.js'), program(name, usesGpu, first));
}

function program(name: string, usesGpu: boolean, first: string): string {
  return `${first}
const tf = require('@tensorflow/tfjs');
const { MathBackendCPU } = require('@tensorflow/tfjs-backend-cpu');
const util = require('util');
exports.core = require('@tensorflow/tfjs-core');
// As theirs: looked up in util when it is called, not when it is loaded.
exports.usesUtil = () => util.isNullOrUndefined(null) && util.isArray([]);
class NodeJSKernelBackend extends MathBackendCPU {
  isGPUPackage = ${name.endsWith('gpu')};
  isUsingGpuDevice = ${usesGpu};
  binding = { TF_Version: '2.9.1' };
}
for (const kernel of tf.getKernelsForBackend('cpu')) {
  // One of those that theirs lacks.
  if (kernel.kernelName !== 'BitwiseAnd') tf.registerKernel({ ...kernel, backendName: 'tensorflow' });
}
tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(), 3);
if (!tf.setBackend('tensorflow')) throw new Error('Could not initialize TensorFlow backend.');
`;
}
