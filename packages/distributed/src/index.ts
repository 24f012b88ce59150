export type { Communicator, Exchanged, Reduction, Summable } from './communicator';
export { AbortedError, DifferentCallsError } from './errors';
export { inProcess } from './in_process';
export { gatherTexts, shareText } from './texts';
