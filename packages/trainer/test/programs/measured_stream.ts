// Makes a checkpoint in a folder, or streams it beside a model: one JSON line with what was estimated and what it took.
import '@tensorflow/tfjs';
import { measureStream } from '../measured_stream';

const [job, folder, make] = process.argv.slice(2) as [string, string, string?];
console.log(JSON.stringify(await measureStream(JSON.parse(job), folder, make !== undefined)));
