import { light } from '../figures/theme';
import { shortNumber, ticks } from '../figures/ticks';
import type { AnswerLengths, LengthFigures } from './answer_lengths';
import type { HeldOut } from './build_report';
import { axis, colourOf, dot, draw, small, stroke } from './chart_frame';

/** How often the reward was right, by how sure it was; on the diagonal it would be as right as it is sure. */
export function drawCalibration(runs: readonly (HeldOut & { readonly place: number })[]): Promise<string> {
  const series = runs.flatMap(({ place, calibration }) => {
    const bins = (calibration?.bins ?? []).filter(({ observed }) => Number.isFinite(observed.value));
    const colour = colourOf(place);
    const intervals = bins.flatMap(({ predicted, observed: { low, high } }): [number, number | null][] => [
      [predicted, low],
      [predicted, high],
      [predicted, null],
    ]);
    const middle = bins.map(({ predicted, observed }): [number, number] => [predicted, observed.value]);
    return [stroke(intervals, { colour, width: 1.5 }), { ...stroke(middle, { colour, width: 1 }), ...dot }];
  });
  const diagonal = stroke(
    [
      [0, 0],
      [1, 1],
    ],
    { colour: light.faint, dash: 'dashed', width: 1 },
  );
  const share = { ...axis, min: 0, max: 1 };
  const [x, y] = [
    { ...share, name: 'predicted' },
    { ...share, name: 'observed', nameGap: 32 },
  ];
  return draw({ xAxis: x, yAxis: y, series: [diagonal, ...series] }, small);
}

/** A model's answers by length, the targets faint behind; in shares, for there may be other numbers of both. */
export function drawLengths(
  of: AnswerLengths,
  place: number,
  { labels, width, target, models }: LengthFigures,
): Promise<string> {
  const shares = ({ bins, summary: { n } }: AnswerLengths) => bins.map((count) => count / n);
  const most = Math.max(...[...models, ...(target ? [target] : [])].flatMap(shares));
  const marks = ticks(0, most, 3);
  const bars = (all: AnswerLengths, colour: string, opacity: number) => ({
    ...{ type: 'bar', data: shares(all), silent: true, color: colour, itemStyle: { opacity } },
    ...{ barGap: '-100%', barCategoryGap: '10%' },
  });
  const behind = target && of !== target ? [bars(target, light.ink, 0.25)] : [];
  const percent = { ...axis.axisLabel, formatter: (share: number) => `${shortNumber(100 * share)} %` };
  const tokens = {
    ...axis,
    type: 'category',
    data: labels,
    name: `tokens, in steps of ${width}`,
    axisLabel: { color: light.faint, fontSize: 12, hideOverlap: true },
  };
  return draw(
    {
      xAxis: tokens,
      yAxis: { ...axis, max: marks.at(-1), interval: marks[1], axisLabel: percent },
      series: [...behind, bars(of, colourOf(place), 0.75)],
    },
    small,
  );
}
