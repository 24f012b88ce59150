// Estimates a job of a few training steps and trains: one JSON line with what was estimated and what it took.
import '@tensorflow/tfjs';
import { measureSteps } from '../measured_steps';

console.log(JSON.stringify(await measureSteps(JSON.parse(process.argv[2] as string))));
