import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceName, deviceNames } from '@halokit/tfjs-backend-onnxruntime';
import { InputError } from '../input_error';
import { machine } from '../machine';
import type { Options } from '../options';
import { findPython, noPytorch } from '../train_step/find_python';
import { versions } from '../train_step/versions';
import { type Contestant, halokit, pytorch } from './contestant';
import { deviceFacts, torchFacts } from './device_facts';
import { type MeasuredRates, measureRates } from './measure_rates';
import { type MeasuredShape, measureShape } from './measure_shape';
import { type Results, report } from './report';
import { chosenShapes } from './shape';

/** Steps of KTO on a GPU, against PyTorch doing them as HALOs does, in float32 and under autocast to bfloat16. */
export async function gpu(options: Options): Promise<{ text: string; json: unknown; file: string }> {
  const { rounds = 3, steps = 4, allowSoftware = false } = options;
  if (options.backend !== 'onnxruntime') throw new InputError('gpu runs on the onnxruntime backend only.');
  const device = deviceOf(options.device ?? 'webgpu');
  const torchDevice = options.torchDevice ?? (device === 'cpu' ? 'cpu' : 'cuda');
  const shapes = chosenShapes(options.shapes);
  const facts = await deviceFacts(device, allowSoftware);
  const python = findPython(options.python);
  if (python === undefined) console.error(noPytorch);
  const torch = torchFacts(python, torchDevice);
  if ('missing' in torch) console.error(`PyTorch is left out: ${torch.missing}.`);
  const peers = python === undefined || 'missing' in torch ? [] : (['float32', 'bfloat16'] as const);
  const contestants: Contestant[] = [
    halokit(device, 'float32'),
    ...(facts.adapter?.float16 ? [halokit(device, 'float16')] : []),
    ...peers.map((arithmetic) => pytorch(python as string, torchDevice, arithmetic)),
  ];
  const folder = await mkdtemp(join(tmpdir(), 'halokit-bench-'));
  try {
    const rates: MeasuredRates[] = [];
    const measured: MeasuredShape[] = [];
    for (const shape of shapes) {
      rates.push(await measureRates(shape, contestants));
      measured.push(await measureShape(shape, contestants, { rounds, steps, folder }));
    }
    const name = options.name ?? facts.adapter?.name ?? device;
    const ofTorch = measured
      .flatMap(({ entries }) => entries)
      .find(({ program, runs }) => program === 'PyTorch' && runs[0]);
    const results: Results = {
      ...{ date: new Date().toISOString(), name, device: facts, machine: machine(), torch, torchDevice },
      ...{ versions: versions('onnxruntime', ofTorch?.runs[0]?.end.versions), shapes: measured, rates },
      ...(options.peakTflops && { sheet: options.peakTflops }),
    };
    return { text: report(results), json: results, file: fileName(name) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @throws InputError for a name that is none */
function deviceOf(name: string): DeviceName {
  const found = deviceNames.find((device) => device === name);
  if (found) return found;
  throw new InputError(`--device ${name} is none of ${deviceNames.join(', ')}.`);
}

/** `gpu-nvidia-h100-80gb-hbm3`. */
export function fileName(name: string): string {
  return `gpu-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}`;
}
