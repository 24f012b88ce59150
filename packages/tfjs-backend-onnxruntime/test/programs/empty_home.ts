// Computes in an empty home folder, and prints what lies there then.
import '@tensorflow/tfjs';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';

const home = mkdtempSync(join(tmpdir(), 'halokit-home-'));
for (const name of ['HOME', 'USERPROFILE', 'LOCALAPPDATA']) process.env[name] = home;
for (const name of ['XDG_CACHE_HOME', 'XDG_DATA_HOME', 'ORT_DISABLE_TELEMETRY']) delete process.env[name];

await import('../../src');
tf.env().set('PROD', true);
await tf.setBackend('onnxruntime');
await tf.add(tf.ones([64, 64]), 1).data();
console.log(JSON.stringify({ files: readdirSync(home, { recursive: true }) }));
rmSync(home, { recursive: true });
