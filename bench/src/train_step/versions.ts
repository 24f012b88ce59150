import { fileURLToPath } from 'node:url';
import { packageVersion } from '../package_version';
import type { End } from './protocol';

/** Versions of everything that computes. @param peers what PyTorch said of itself */
export function versions(backend: string, peers: End['versions'] = {}): Record<string, string> {
  const here = fileURLToPath(import.meta.url);
  const engine = '@halokit/tfjs-backend-onnxruntime';
  const ours = {
    node: process.versions.node,
    tfjs: packageVersion(here, '@tensorflow/tfjs-core'),
    ...(backend === 'onnxruntime' && {
      'onnxruntime-node': packageVersion(here, engine, 'onnxruntime-node'),
      koffi: packageVersion(here, engine, 'koffi'),
    }),
  };
  const known = Object.entries({ ...ours, ...peers }).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(known);
}
