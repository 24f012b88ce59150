import type { EChartsCoreOption } from 'echarts/core';
import { fold } from '../terminal/fold';
import { drawChart } from './draw';
import { light } from './theme';
import { rewardGrid, type ValueCurve } from './value_curves';

const size = { width: 1080, height: 620 };
const dashes = ['dashed', 'dotted', [10, 3, 2, 3], [2, 3]] as const;

/** Draws value functions as a standalone SVG, on light paper. */
export function valueChart(curves: readonly ValueCurve[]): Promise<string> {
  return drawChart(option(curves), size);
}

function option(curves: readonly ValueCurve[]): EChartsCoreOption {
  const { ink, faint, paper, grid, colours } = light;
  const kin = curves.filter(({ kind }) => kind === 'kin');
  const axis = {
    type: 'value',
    nameLocation: 'middle',
    nameTextStyle: { color: ink, fontSize: 15 },
    axisLabel: { color: faint, fontSize: 13, formatter: (value: number) => String(value).replace('-', '−') },
    axisLine: { show: true, onZero: false, lineStyle: { color: faint } },
    axisTick: { show: true, lineStyle: { color: faint } },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    backgroundColor: paper,
    title: {
      text: 'What a reward is worth to each loss',
      subtext:
        'Value functions v(z), by the reward’s distance z from the reference point. A loss is a constant minus v(z).',
      left: 24,
      top: 16,
      textStyle: { color: ink, fontSize: 20, fontWeight: 600 },
      subtextStyle: { color: faint, fontSize: 14 },
    },
    legend: {
      orient: 'vertical',
      left: 730,
      top: 96,
      itemGap: 13,
      itemWidth: 34,
      itemStyle: { opacity: 0 },
      textStyle: {
        rich: {
          title: { color: ink, fontSize: 14, lineHeight: 18 },
          note: { color: faint, fontSize: 12, lineHeight: 16 },
        },
      },
      formatter: (title: string) => legendText(curves.find((curve) => curve.title === title) as ValueCurve),
    },
    grid: { left: 76, right: 374, top: 96, bottom: 70 },
    xAxis: { ...axis, min: -6, max: 6, interval: 2, name: '←  losses        z        gains  →', nameGap: 36 },
    yAxis: { ...axis, min: -8, max: 5, interval: 1, name: 'v(z)', nameGap: 40, nameRotate: 90 },
    series: curves.map((curve, i) => ({
      type: 'line',
      name: curve.title,
      data: curve.values.map((value, j) => [rewardGrid[j], value]),
      symbol: 'none',
      clip: true,
      z: curve.kind === 'own' ? 5 : 3,
      color: curve.kind === 'own' ? ink : colours[i % colours.length],
      lineStyle: {
        width: { report: 3, kin: 2, own: 4 }[curve.kind],
        type: curve.kind === 'kin' ? dashes[kin.indexOf(curve) % dashes.length] : 'solid',
      },
      ...(i === 0 && { markLine: referencePoint() }),
    })),
  };
}

/** Where gains begin. */
function referencePoint() {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: light.faint, width: 1, type: 'solid' },
    data: [{ xAxis: 0 }, { yAxis: 0 }],
  };
}

/** A curve's title, and below it the note, so many letters a line. */
function legendText({ title, note }: ValueCurve): string {
  const lines = note === '' ? [] : fold(note, 42).split('\n');
  return [`{title|${title}}`, ...lines.map((line) => `{note|${line}}`)].join('\n');
}
