/** A fault of the backend in `mutants.ts`: of its kernel Exp, or `absent`, a backend that does not start. */
export type Mutant = 'none' | 'wrong' | 'leak' | 'abort' | 'hang' | 'absent';

/** The environment variable that names the fault. */
export const mutantVariable = 'TFJS_SPECS_MUTANT';
