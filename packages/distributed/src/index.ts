export type { Communicator, Exchanged, Reduction, Summable } from './communicator';
export { AbortedError, DifferentCallsError, MpiError, MpiSetupError, SilentRanksError } from './errors';
export { inProcess } from './in_process';
export type { Found } from './mpi/find_library';
export { type Environment, type Family, type Launcher, launcherOf } from './mpi/launcher';
export type { MpiCommunicator } from './mpi/mpi_communicator';
export { type MpiOptions, startMpi } from './mpi/start_mpi';
export { gatherTexts, shareText } from './texts';
