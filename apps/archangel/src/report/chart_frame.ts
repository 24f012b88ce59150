import type { EChartsCoreOption } from 'echarts/core';
import { drawChart } from '../figures/draw';
import { inPalette, light } from '../figures/theme';
import { shortNumber } from '../figures/ticks';

const { faint, grid, colours } = light;

/** As wide as a phone, so that letters keep their size there. */
export const small = { width: 360, height: 210 };
export const large = { width: 420, height: 280 };

/** By which the metrics of one run on one chart are told apart. */
export const dashes = ['solid', 'dashed', 'dotted'] as const;

/** The colour of a run, or of a curve, by its place. */
export function colourOf(place: number): string {
  return colours[place % colours.length] as string;
}

const frame = { left: 50, right: 14, top: 12, bottom: 40 };

export const axis = {
  type: 'value',
  nameLocation: 'middle',
  nameGap: 24,
  nameTextStyle: { color: faint, fontSize: 12 },
  axisLabel: { color: faint, fontSize: 12, hideOverlap: true, formatter: (value: number) => shortNumber(value) },
  axisLine: { show: true, onZero: false, lineStyle: { color: faint } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: grid } },
};

/** A chart in the colours of the page it is on. */
export async function draw(option: EChartsCoreOption, size: typeof small): Promise<string> {
  return inPalette(await drawChart({ grid: frame, ...option }, size));
}

interface Stroke {
  readonly colour: string;
  readonly dash?: (typeof dashes)[number];
  readonly width?: number;
  readonly opacity?: number;
}

/** A line through points; a null breaks it. */
export function stroke(
  data: readonly (readonly [number, number | null])[],
  { colour, dash = 'solid', width = 2, opacity = 1 }: Stroke,
) {
  const lineStyle = { color: colour, type: dash, width, opacity };
  return { type: 'line', data, symbol: 'none', silent: true, clip: true, color: colour, lineStyle };
}

/** For a line's points to be marked: a line of one could not be seen. */
export const dot = { symbol: 'circle', showSymbol: true, symbolSize: 6 };
