// What a device is, by a process of its own: a driver that is broken takes only that down. One JSON line.
import { deviceReports } from '@halokit/tfjs-backend-onnxruntime';

console.log(JSON.stringify({ reports: deviceReports() }));
