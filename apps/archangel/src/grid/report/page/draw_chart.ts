import { light } from '../../../figures/theme';
import { shortNumber, ticks } from '../../../figures/ticks';
import { axis, colourOf, draw, small, stroke } from '../../../report/chart_frame';
import type { Chart, Line, Point } from '../section';

/** How far beside each other the points of lines stand, in widths of the chart. */
const apart = 0.022;

/** Lines over models or values: means with their intervals, and the runs as small dots. */
export function drawChart(chart: Chart, most: number): Promise<string> {
  const { unit, labels, lines } = chart;
  const marks = ticks(0, most, 4);
  const dodged = lines.filter(({ style }) => style !== 'dotted');
  const series = lines.flatMap((line) => {
    const place = dodged.indexOf(line);
    const beside = place < 0 ? 0 : (place - (dodged.length - 1) / 2) * apart * labels.length;
    return seriesOf(line, beside, chart);
  });
  const percent = (value: number) => (unit === 'share' ? `${shortNumber(100 * value)} %` : shortNumber(value));
  return draw(
    {
      grid: { left: 50, right: 8, top: 12, bottom: 44 },
      xAxis: {
        ...axis,
        ...{ min: -0.5, max: labels.length - 0.5, interval: 0.5, splitLine: { show: false } },
        axisLabel: {
          ...{ color: light.faint, fontSize: labels.length > 6 ? 10 : 11, lineHeight: 13, interval: 0 },
          formatter: (place: number) => labels[place] ?? '',
        },
      },
      yAxis: {
        ...axis,
        ...{ min: 0, max: marks.at(-1), interval: marks[1] },
        axisLabel: { color: light.faint, fontSize: 12, formatter: percent },
      },
      series,
    },
    small,
  );
}

/** The most that a chart shows. */
export function mostOf({ lines }: Chart): number {
  const points = lines.flatMap(({ points }) => points.flatMap((point) => point ?? []));
  const all = points.flatMap(({ estimate, seeds = [] }) => [estimate.value, estimate.high, ...seeds]);
  return Math.max(0, ...all.filter(Number.isFinite));
}

function seriesOf({ place, style, points }: Line, beside: number, { breaks = [], apart: isApart = false }: Chart) {
  const colour = colourOf(place);
  const known = points.flatMap((point, i) => (point ? [{ x: i + beside, point }] : []));
  const mean = points.flatMap((point, i): [number, number | null][] => [
    ...(breaks.includes(i) ? [[i - 0.5, null] as [number, null]] : []),
    [i + beside, point?.estimate.value ?? null],
  ]);
  const whiskers = known.flatMap(({ x, point }) => whisker(x, point));
  const seeds = known.flatMap(({ x, point: { seeds = [] } }) =>
    seeds.length < 2 ? [] : seeds.map((value): [number, number] => [x, value]),
  );
  const isConnected = !isApart || style === 'dotted';
  const dots = { symbol: 'circle', showSymbol: true };
  return [
    stroke(whiskers, { colour, width: 1, opacity: 0.7 }),
    { ...stroke(seeds, { colour, width: 0, opacity: 0 }), ...dots, symbolSize: 3.5, itemStyle: { opacity: 0.55 } },
    {
      ...stroke(mean, { colour, ...(style && { dash: style }), width: style ? 1.5 : 2, opacity: isConnected ? 1 : 0 }),
      ...(style !== 'dotted' && { ...dots, symbolSize: 6 }),
    },
  ];
}

function whisker(x: number, { estimate: { low, high } }: Point): [number, number | null][] {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low === high) return [];
  return [
    [x, low],
    [x, high],
    [x, null],
  ];
}
