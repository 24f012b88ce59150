import { getKernel } from '@tensorflow/tfjs';
import type { BackendName } from './both_backends';
import type { Row } from './row';
import { table } from './table';

/** The rows of the table whose kernel a backend has. */
export function rowsOf(backend: BackendName): readonly Row[] {
  return table.filter(({ kernel }) => getKernel(kernel, backend));
}
