import type { EChartsCoreOption } from 'echarts/core';
import type { Lengths } from '../look/lengths';
import { drawChart } from './draw';
import { light } from './theme';

/** Some lengths under a name. */
export interface NamedLengths {
  readonly name: string;
  readonly lengths: Lengths;
}

const size = { width: 760, height: 300 };
const bars = 32;

/** A histogram of lengths in tokens as a standalone SVG, on light paper, one colour a name. */
export function lengthChart(title: string, named: readonly NamedLengths[]): Promise<string> {
  return drawChart(option(title, named), size);
}

/** Lengths counted by ranges that are the same for all: how wide these are, where each begins, and the counts by name. */
export interface LengthBins {
  readonly width: number;
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

export function lengthBins(named: readonly NamedLengths[]): LengthBins {
  const width = binWidth(named);
  const count = Math.max(
    1,
    Math.min(bars, Math.max(...named.map(({ lengths }) => Math.floor(lengths.quantile(1) / width) + 1))),
  );
  const longer = named.some(({ lengths }) => lengths.quantile(1) >= width * count);
  const labels = Array.from({ length: count }, (_, i) => `${i * width}${longer && i === count - 1 ? '+' : ''}`);
  return { width, labels, counts: named.map(({ lengths }) => lengths.bins(width, count)) };
}

function option(title: string, named: readonly NamedLengths[]): EChartsCoreOption {
  const { ink, faint, paper, grid, colours } = light;
  const { width, labels, counts } = lengthBins(named);
  const axis = {
    nameLocation: 'middle',
    nameTextStyle: { color: ink, fontSize: 13 },
    axisLabel: { color: faint, fontSize: 12, showMaxLabel: true, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: faint } },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    backgroundColor: paper,
    title: { text: title, left: 16, top: 10, textStyle: { color: ink, fontSize: 16, fontWeight: 600 } },
    ...(named.length > 1 && { legend: { right: 20, top: 12, textStyle: { color: ink, fontSize: 13 }, itemWidth: 14 } }),
    grid: { left: 70, right: 24, top: 52, bottom: 52 },
    xAxis: { ...axis, type: 'category', data: labels, name: `tokens, in steps of ${width}`, nameGap: 30 },
    yAxis: { ...axis, type: 'value', minInterval: 1, name: 'examples', nameGap: 48, nameRotate: 90 },
    series: named.map(({ name }, i) => ({
      type: 'bar',
      name,
      data: counts[i],
      color: colours[i % colours.length],
      barCategoryGap: '12%',
      barGap: '0%',
    })),
  };
}

/** A round number of tokens with which nearly all lengths fit under the bars. */
function binWidth(named: readonly NamedLengths[]): number {
  const reach = Math.max(1, ...named.map(({ lengths }) => lengths.quantile(0.995)));
  const steps = [1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1000, 1024, 2000, 5000];
  return steps.find((step) => step * (bars - 1) >= reach) ?? Math.ceil(reach / (bars - 1));
}
