import { centred, noisy, type Point } from '../figures/curve';
import { light } from '../figures/theme';
import { ticks } from '../figures/ticks';
import { rewardGrid } from '../figures/value_curves';
import { axis, colourOf, dashes, dot, draw, large, small, stroke } from './chart_frame';
import type { TrainingChart } from './training_charts';
import type { UsedValue } from './used_values';

/** Points below which a line is drawn as it is. */
const short = 10;

/** A metric over steps, a colour a run; where there are many points, smoothed over the points, which are faint. */
export function drawTraining({ lines, exact }: TrainingChart): Promise<string> {
  const metrics = [...new Set(lines.map(({ metric }) => metric))];
  const last = Math.max(...lines.map(({ points }) => (points.at(-1) as Point)[0]));
  // Lines of one chart are of one kind, but for those that are too short to have a mean.
  const isNoisy = !exact && lines.some(({ points }) => points.length >= noisy);
  const series = lines.flatMap(({ place, metric, points }) => {
    const [colour, dash] = [colourOf(place), dashes[metrics.indexOf(metric) % dashes.length]];
    if (!isNoisy || points.length < short)
      return [{ ...stroke(points, { colour, dash }), showSymbol: false, ...(points.length === 1 && dot) }];
    return [stroke(points, { colour, width: 1, opacity: 0.25 }), stroke(centred(points), { colour, dash })];
  });
  const x = { ...axis, min: 0, max: last, name: 'step', splitLine: { show: false } };
  return draw({ xAxis: x, yAxis: { ...axis, scale: true, splitNumber: 4 }, series }, small);
}

/** Value functions v(z), by the reward's distance z from the reference point. */
export function drawValues(curves: readonly UsedValue[]): Promise<string> {
  const all = curves.flatMap(({ values }) => values);
  const marks = ticks(Math.max(-8, Math.min(...all)), Math.min(5, Math.max(...all)), 5);
  const [low, high, interval] = [
    marks[0] as number,
    marks.at(-1) as number,
    (marks[1] as number) - (marks[0] as number),
  ];
  const series = curves.map(({ values }, i) =>
    stroke(
      values.map((value, j): [number, number] => [rewardGrid[j] as number, value]),
      { colour: colourOf(i), dash: dashes[Math.floor(i / light.colours.length) % dashes.length], width: 2.5 },
    ),
  );
  const zero = stroke(
    [
      [0, low],
      [0, high],
    ],
    { colour: light.faint, width: 1 },
  );
  const x = { ...axis, min: -6, max: 6, interval: 2, name: 'z: losses to the left, gains to the right' };
  return draw(
    {
      xAxis: x,
      yAxis: { ...axis, min: low, max: high, interval, name: 'v(z)', nameGap: 32 },
      series: [...series, zero],
    },
    large,
  );
}
