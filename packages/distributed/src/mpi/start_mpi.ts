import { MpiSetupError } from '../errors';
import { gatherTexts } from '../texts';
import { findLibrary } from './find_library';
import { functionsOf } from './functions';
import { handlesOf } from './handles';
import { type Environment, type Launcher, launcherOf } from './launcher';
import { librariesHere } from './library';
import { Mpi, type MpiCommunicator } from './mpi_communicator';

export interface MpiOptions {
  /** Variables of the process: `process.env`. */
  readonly environment: Environment;
  /** The MPI library, by its path or a name that the system's loader knows. Default: the one that goes with the launcher. */
  readonly library?: string;
  /** Seconds that a call waits without anything happening before it fails: 0 for ever. Default: 1800. */
  readonly patience?: number;
}

let started = false;

/**
 * Joins the ranks of the job that this process was started as one of, by `mpirun`, `srun` or their kin. All of them must do so.
 *
 * ```ts
 * const communicator = await startMpi({ environment: process.env });
 * const loss = Float64Array.of(ownLoss);
 * await communicator.allReduce(loss); // the sum of all ranks'
 * await communicator.finish();
 * ```
 *
 * @throws MpiSetupError where there is no MPI library, more than one that may be meant, or one that does not go with the launcher
 */
export async function startMpi({ environment, library, patience = 1800 }: MpiOptions): Promise<MpiCommunicator> {
  if (!(patience >= 0)) throw new RangeError(`patience is seconds, 0 or more, not ${patience}.`);
  const launcher = launcherOf(environment);
  const libraries = await librariesHere();
  const found = findLibrary(libraries, { environment, launcher, library, platform: process.platform });
  const loaded = libraries.load(found.path);
  const handles = handlesOf(found.family, loaded);
  const functions = functionsOf(loaded, handles);
  if (started) throw new MpiSetupError('startMpi was called before: a process joins its job once.');
  started = true;
  const threads = functions.initialise();
  const communicator = new Mpi(found, functions, handles, patience === 0 ? Number.POSITIVE_INFINITY : patience * 1000);
  const problem = threads ? misfit(communicator, launcher) : 'was built for programs of a single thread';
  if (problem) {
    await functions.finalise();
    throw new MpiSetupError(`The MPI library ${found.path} (${found.version}) ${problem}.`);
  }
  communicator.sameHost = new Set(await gatherTexts(communicator, communicator.host)).size === 1;
  return communicator;
}

function misfit({ rank, size, library }: MpiCommunicator, launcher: Launcher | undefined): string | undefined {
  if (!launcher) return undefined;
  const asSaid = (launcher.size ?? size) === size && (launcher.rank ?? rank) === rank;
  if (asSaid) return undefined;
  const remedy =
    launcher.name === 'srun'
      ? `start with srun --mpi=pmix or --mpi=pmi2 (srun --mpi=list has those of this cluster), or with ${library.family}'s mpirun`
      : `start with the mpirun that came with this library, or name the library that came with ${launcher.name}`;
  return (
    `says that this is rank ${rank} of ${size}, and ${launcher.name}, which started the process, that it is ` +
    `${launcher.rank} of ${launcher.size}. They do not belong together: ${remedy}`
  );
}
