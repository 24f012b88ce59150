import { launcherOf } from '@halokit/distributed';
import { InputError } from '../input_error';
import { Interrupted } from '../survival/interrupted';
import { explain, fail } from '../terminal/errors';
import { agreedBy } from './agreed';
import { type Joined, type JoinOptions, joinRanks } from './join_ranks';
import { takesPart } from './shared_commands';

/** Set for what a rank starts: a probe, say, which inherits all by which launchers tell ranks who they are, and is none. */
const within = 'ARCHANGEL_WITHIN_RANK';

/**
 * Does a command in this process: as one of the ranks that `mpirun` or its kin have started, or as the only one. What goes wrong on
 * one rank ends all, with one line.
 *
 * @param args of the app, the command first
 */
export async function onRanks(
  args: readonly string[],
  options: JoinOptions & { readonly verbose: boolean },
  work: () => Promise<void>,
): Promise<void> {
  const { verbose } = options;
  const alone = () => work().catch((error) => fail(error, verbose));
  const launcher = launcherOf(process.env);
  if (!launcher || launcher.size === 1 || process.env[within] === '1') return alone();
  // What knows of no ranks is done once.
  if (!takesPart(args)) return launcher.rank === 0 ? alone() : undefined;
  let joined: Joined | undefined;
  try {
    joined = await joinRanks(launcher, options);
  } catch (error) {
    // What is missing may be missing on one host: a rank of each says it.
    if (isFirstOfHost(process.env)) fail(error, verbose);
    process.exitCode = 1;
    return;
  }
  if (!joined) return alone();
  process.env[within] = '1';
  await together(joined, verbose, work);
}

/** As launchers number the ranks of a host. */
function isFirstOfHost(environment: NodeJS.ProcessEnv): boolean {
  const names = ['OMPI_COMM_WORLD_LOCAL_RANK', 'MPI_LOCALRANKID', 'SLURM_LOCALID', 'PMIX_LOCAL_RANK'];
  const place = names.map((name) => environment[name]).find((value) => value !== undefined);
  return (place ?? '0') === '0';
}

async function together(joined: Joined, verbose: boolean, work: () => Promise<void>): Promise<void> {
  const onCrash = (error: unknown) => void end(joined, verbose, error);
  process.on('uncaughtException', onCrash);
  try {
    await work();
  } catch (error) {
    if (!(await end(joined, verbose, error))) return;
  }
  await joined.job.finish();
  process.off('uncaughtException', onCrash);
}

/** @returns whether all ranks come to this end together, and in order */
async function end({ job, rank, say }: Joined, verbose: boolean, error: unknown): Promise<boolean> {
  const agreed = agreedBy(error);
  if (agreed || error instanceof Interrupted) {
    fail(agreed && agreed.rank > 0 ? new InputError(`${job.nameOf(agreed.rank)}: ${explain(error)}`) : error, verbose);
    return true;
  }
  const isSilence = error instanceof Error && error.name === 'SilentRanksError';
  const explained = isSilence ? new InputError(`${error.message} This rank was ${job.standing}`) : error;
  await job.abort(() => (rank === 0 ? fail(explained, verbose) : say(`${job.nameOf(rank)}: ${explain(explained)}`)), 1);
  return false;
}
