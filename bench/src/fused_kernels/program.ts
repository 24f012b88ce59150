// Our side of the measurement: a training step with @halokit/models and @halokit/trainer.
import { runJob } from '../train_step/run_job';
import { createTrainee } from './trainee';

await runJob(createTrainee);
