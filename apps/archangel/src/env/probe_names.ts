import { tensorflowPackages } from '../backend/tensorflow_package';

/** What is looked at in a process of its own, because native code may take its process down. */
export const probeNames = ['onnxruntime', 'devices', ...tensorflowPackages, 'auto'] as const;

export type ProbeName = (typeof probeNames)[number];
