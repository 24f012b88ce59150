import type { ECharts, EChartsCoreOption } from 'echarts/core';
import { fold } from '../terminal/fold';
import { rewardGrid, type ValueCurve } from './value_curves';

/** What a figure is drawn on. */
export interface Theme {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  /** One for each curve but a person's own, which is of ink. Told apart by colour-blind readers too (after Okabe and Ito). */
  readonly colours: readonly string[];
}

export const light: Theme = {
  paper: '#ffffff',
  ink: '#1a1a1a',
  faint: '#5c5c5c',
  grid: '#e3e3e3',
  colours: ['#0072b2', '#d55e00', '#009e73', '#b0478a', '#c98a00', '#56b4e9', '#7a6ff0', '#8c8c8c'],
};

export const dark: Theme = {
  paper: '#16181d',
  ink: '#f2f2f2',
  faint: '#a9adb5',
  grid: '#2e323a',
  colours: ['#4aa8ea', '#ff8a3d', '#2ccf9f', '#f08cc8', '#f0c23c', '#9fd8ff', '#a89cff', '#9a9a9a'],
};

const size = { width: 1080, height: 620 };
const dashes = ['dashed', 'dotted', [10, 3, 2, 3], [2, 3]] as const;
const font = 'Helvetica, Arial, DejaVu Sans, sans-serif';

/** Draws value functions as a standalone SVG. */
export async function valueChart(curves: readonly ValueCurve[], theme: Theme): Promise<string> {
  const [{ init, use }, { LineChart }, components, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  const { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } = components;
  use([LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);
  const chart: ECharts = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption(option(curves, theme));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function option(curves: readonly ValueCurve[], theme: Theme): EChartsCoreOption {
  const { ink, faint, paper, grid } = theme;
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
    animation: false,
    textStyle: { fontFamily: font },
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
      color: curve.kind === 'own' ? ink : theme.colours[i % theme.colours.length],
      lineStyle: {
        width: { report: 3, kin: 2, own: 4 }[curve.kind],
        type: curve.kind === 'kin' ? dashes[kin.indexOf(curve) % dashes.length] : 'solid',
      },
      ...(i === 0 && { markLine: referencePoint(theme) }),
    })),
  };
}

/** Where gains begin. */
function referencePoint({ faint }: Theme) {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: faint, width: 1, type: 'solid' },
    data: [{ xAxis: 0 }, { yAxis: 0 }],
  };
}

/** A curve's title, and below it the note, so many letters a line. */
function legendText({ title, note }: ValueCurve): string {
  const lines = note === '' ? [] : fold(note, 42).split('\n');
  return [`{title|${title}}`, ...lines.map((line) => `{note|${line}}`)].join('\n');
}
