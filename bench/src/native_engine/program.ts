// Our side of the measurement: a training step in plain TensorFlow.js.
import { runJob } from '../train_step/run_job';
import { createTrainee } from './trainee';

await runJob(createTrainee);
