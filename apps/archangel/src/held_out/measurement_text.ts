import type { Calibration } from '@halokit/evaluation';
import type { Measurement } from './evaluate';
import { figureTable } from './figure_text';
import { sliceTable } from './slice_table';

/** What was measured, for a terminal: all figures, calibration, and by set where there are several. */
export function measurementText({ figures, slices, calibration }: Measurement): string {
  const sets = slices.filter(({ by }) => by === 'set');
  return [
    figureTable(figures),
    ...(calibration && calibration.bins.length > 0 ? [calibrationText(calibration)] : []),
    ...(sets.length > 1 ? [sliceTable('set', sets)] : []),
  ].join('\n\n');
}

function calibrationText({ bins, expectedError, brier }: Calibration): string {
  const parts = bins.length === 1 ? 'in one bin' : `over ${bins.length} bins of about equal count`;
  return `Calibration: the margins' probabilities are off by ${(100 * expectedError).toFixed(1)} points ${parts}; Brier score ${brier.toFixed(3)} (0.250 says nothing).`;
}
