import { writeConfig } from '@halokit/models';
import { gradientNorm } from '../clip';
import { InputError } from '../input_error';
import { planFingerprint } from '../plan_fingerprint';
import type { TrainOptions } from '../train_options';
import type { Communicator } from './communicator';

/**
 * Makes sure that all ranks train the same run from the same start: the weights by their Euclidean norm, all else exactly.
 *
 * @throws InputError, on every rank, that names the first rank that does not and in what
 */
export async function checkRanks(options: TrainOptions, communicator: Communicator): Promise<void> {
  const { rank, size } = communicator;
  const facts = Object.entries(await factsOf(options));
  const digests = new Uint8Array(size * facts.length * digestBytes);
  for (const [i, [, fact]] of facts.entries()) digests.set(await digest(fact), (rank * facts.length + i) * digestBytes);
  await communicator.allGather(digests, Array<number>(size).fill(facts.length * digestBytes));
  const of = (rank: number, fact: number) => {
    const start = (rank * facts.length + fact) * digestBytes;
    return digests.subarray(start, start + digestBytes).join();
  };
  for (let other = 1; other < size; other++) {
    const different = facts.findIndex((_, i) => of(other, i) !== of(0, i));
    if (different >= 0) throw differs(other, facts[different]?.[0] as string);
  }
  const trained = [...options.policy.weights.values()].filter(({ trainable }) => trainable);
  const norms = new Float64Array(size);
  norms[rank] = await gradientNorm(trained);
  await communicator.allReduce(norms);
  const other = norms.findIndex((norm) => Math.abs(norm - (norms[0] as number)) > 1e-5 * (norms[0] as number));
  if (other > 0) throw differs(other, 'weights');
}

const digestBytes = 32;

function differs(rank: number, what: string): InputError {
  return new InputError(
    `Rank ${rank} has another ${what} than rank 0: ranks train one model on one plan. Give all of them the same.`,
  );
}

/** What has to be alike, by its name. */
async function factsOf(options: TrainOptions): Promise<Record<string, unknown>> {
  const { policy, loss, plan, optimizer, from, learningRate, maxGradNorm, lossScale, onNotFinite, mostSkipped } =
    options;
  return {
    model: writeConfig(policy.config),
    loss: [loss.name, loss.feedback, loss.needs],
    plan: await planFingerprint(plan),
    optimizer: [optimizer.name, optimizer.state.updates, optimizer.sharding !== undefined],
    'state to go on from': from,
    'set of options': { learningRate, maxGradNorm, lossScale, onNotFinite, mostSkipped, maxLength: options.maxLength },
  };
}

async function digest(fact: unknown): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(JSON.stringify(fact) ?? '');
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
