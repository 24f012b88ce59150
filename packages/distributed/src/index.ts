export type { Communicator, Exchanged, Reduction, Summable } from './communicator';
