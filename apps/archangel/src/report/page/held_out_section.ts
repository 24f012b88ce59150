import { type Cell, htmlTable } from '../../figures/html';
import { figureText } from '../../held_out/figure_text';
import { whole } from '../../terminal/numbers';
import type { HeldOut, Report } from '../build_report';
import { drawCalibration } from '../draw_shares';
import { readingOf, sliceReadings } from '../readings';
import type { Figure } from '../run_schemas';
import { figure, intervalBar, legend, paragraph, type Section } from './parts';

/** What the models' own rewards say of examples that were not trained on: in all, by part, and how sure they are. */
export async function heldOutSection({ heldOut, runs }: Report): Promise<Section> {
  if (heldOut.length === 0) return { id: 'held-out', title: 'Held-out examples', body: '' };
  const rows = heldOut.flatMap(({ run, figures }) =>
    figures.map((one): Cell[] => [run, one.name, readingOf(one), bar(one), figureText(one), whole(one.estimate.n)]),
  );
  const sliced = heldOut.flatMap(({ run, slices }) => {
    // The only part of its kind is the whole.
    const parts = slices.filter(({ by }) => slices.filter((other) => other.by === by).length > 1);
    const readings = sliceReadings(parts);
    return parts.flatMap(({ by, name, figures }, i) =>
      figures.map((one, j): Cell[] => [
        ...[run, `${by}: ${name}`, one.name, readings[i]?.[j] ?? ''],
        bar(one),
        ...[figureText(one), whole(one.estimate.n)],
      ]),
    );
  });
  const body = [
    paragraph(
      'By the rewards that a model implies, or its loss, not by anybody’s judgment of its answers. Brackets are 95 % intervals, each for itself.',
    ),
    htmlTable(['run', 'figure', 'reads as', '', 'value', 'n'], rows, 3),
    ...(sliced.length === 0
      ? []
      : [
          `<details${sliced.length > many ? '' : ' open'}><summary>By set, length and class; where tested, read with Holm’s correction for all parts of a run</summary>${htmlTable(['run', 'part', 'figure', 'reads as', '', 'value', 'n'], sliced, 4)}</details>`,
        ]),
    await calibrationPart(
      heldOut,
      runs.map(({ label }) => label),
    ),
  ];
  return { id: 'held-out', title: 'Held-out examples', body: body.filter(Boolean).join('\n') };
}

/** Rows from which on a table is folded. */
const many = 24;

function bar({ estimate, unit, noEffect }: Figure): Cell {
  // A difference of shares may lie below 0.
  return unit === 'share' && noEffect !== 0 ? intervalBar(estimate, noEffect) : '';
}

async function calibrationPart(heldOut: readonly HeldOut[], labels: readonly string[]): Promise<string> {
  const calibrated = heldOut.filter(({ calibration }) => calibration && calibration.bins.length > 0);
  if (calibrated.length === 0) return '';
  const placed = calibrated.map((one) => ({ ...one, place: labels.indexOf(one.run) }));
  const note =
    'how often the preferred response had the higher reward, by how sure the reward was; on the dashes it is as right as it is sure';
  const rows = calibrated.map(({ run, calibration }) => [
    run,
    number(calibration?.expectedError),
    number(calibration?.brier),
  ]);
  return `<h3>Calibration</h3>
${placed.length > 1 ? legend(placed.map(({ run, place }) => ({ name: run, place }))) : ''}
<div class="charts">${figure('', note, await drawCalibration(placed))}</div>
${htmlTable(['run', 'expected calibration error', 'Brier score'], rows, 1)}`;
}

function number(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? 'unknown' : value.toFixed(3);
}
