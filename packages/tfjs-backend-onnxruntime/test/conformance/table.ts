import type { Row } from './row';
import { binaryRows } from './rows/binary';
import { convolutionRows } from './rows/convolution';
import { createRows } from './rows/create';
import { imageRows } from './rows/image';
import { indexRows } from './rows/indices';
import { matMulRows } from './rows/matmul';
import { normalizationRows } from './rows/normalization';
import { poolingRows } from './rows/pooling';
import { reductionRows } from './rows/reduction';
import { scanRows } from './rows/scan';
import { selectRows } from './rows/select';
import { shapeRows } from './rows/shape';
import { slicingRows } from './rows/slicing';
import { sparseRows } from './rows/sparse';
import { unaryRows } from './rows/unary';

/** How each kernel is held against the reference. A kernel may have several rows. */
export const table: readonly Row[] = [
  ...unaryRows,
  ...binaryRows,
  ...reductionRows,
  ...scanRows,
  ...matMulRows,
  ...selectRows,
  ...shapeRows,
  ...slicingRows,
  ...indexRows,
  ...sparseRows,
  ...createRows,
  ...convolutionRows,
  ...poolingRows,
  ...imageRows,
  ...normalizationRows,
];
