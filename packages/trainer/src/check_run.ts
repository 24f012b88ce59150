import { hasHead } from '@halokit/models';
import { datasetFingerprint } from './dataset';
import { InputError } from './input_error';
import { checkLossScale } from './loss_scale';
import type { TrainOptions } from './train_options';

/** @throws InputError when plan, dataset, loss, policy, reference and the state to go on from do not belong together */
export async function checkRun(options: TrainOptions): Promise<void> {
  const { policy, loss, dataset, plan, reference, from } = options;
  checkLossScale(options.lossScale);
  if (loss.feedback !== dataset.feedback) {
    throw new InputError(
      `The ${loss.name} loss trains on ${loss.feedback}, but the dataset holds ${dataset.feedback}.`,
    );
  }
  if (loss.needs?.reference && !reference) {
    throw new InputError(`The ${loss.name} loss needs a reference model and got none: pass reference.`);
  }
  if (loss.needs?.kl && !plan.settings.kl) {
    throw new InputError(`The ${loss.name} loss needs KL rows, which the plan leaves out: plan with kl: true.`);
  }
  if (loss.needs?.groups && !plan.settings.groups) {
    throw new InputError(
      `The ${loss.name} loss compares the examples of a prompt, which the plan puts into different batches: ` +
        'plan with groups: true.',
    );
  }
  if (loss.needs?.values && !hasHead(policy, 'value')) {
    throw new InputError(
      `The ${loss.name} loss needs a value head, which the policy has not: pass addValueHead(policy, { seed }).`,
    );
  }
  if (loss.needs?.scores && !hasHead(policy, 'reward')) {
    throw new InputError(
      `The ${loss.name} loss needs a reward head, which the policy has not: pass addRewardHead(policy, { seed }).`,
    );
  }
  if (loss.needs?.controlTokens && !(dataset.feedback === 'binary' && dataset.controlTokens)) {
    throw new InputError(
      `The ${loss.name} loss needs prompts that end in a control token: tokenizeBinary with controlTokens, and say so ` +
        'in the dataset with controlTokens: true.',
    );
  }
  if (!loss.needs?.controlTokens && dataset.feedback === 'binary' && dataset.controlTokens) {
    throw new InputError(
      `The prompts of the dataset end in control tokens, which would tell the ${loss.name} loss the answer: ` +
        'tokenizeBinary without controlTokens.',
    );
  }
  if (loss.wholeBatch && plan.steps.some(({ microbatches }) => microbatches.length > 1)) {
    throw new InputError(
      `The ${loss.name} loss couples the examples of a batch: plan them with ` +
        'wholeBatch: true, as loss.wholeBatch says.',
    );
  }
  const { communicator, optimizer } = options;
  if (loss.wholeBatch && communicator && communicator.size > 1) {
    throw new InputError(
      `The ${loss.name} loss couples the examples of a batch, which ranks would divide: train it on one rank.`,
    );
  }
  if (optimizer.sharding && optimizer.sharding.communicator !== communicator) {
    throw new InputError('The state of the optimiser is divided among other ranks: pass the communicator that it has.');
  }
  if (plan.dataset !== (await datasetFingerprint(dataset))) {
    throw new InputError('The plan was made for other data: its fingerprint is not this dataset’s. Plan again.');
  }
  const steps = plan.steps.length;
  if (from && !(Number.isInteger(from.step) && from.step >= 0 && from.step <= steps)) {
    throw new InputError(`from.step is ${from.step}, and the plan has ${steps} steps: the state is of another run.`);
  }
}
