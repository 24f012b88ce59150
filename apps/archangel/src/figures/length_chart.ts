import type { ECharts, EChartsCoreOption } from 'echarts/core';
import type { Lengths } from '../look/lengths';
import type { Theme } from './value_chart';

/** Some lengths under a name. */
export interface NamedLengths {
  readonly name: string;
  readonly lengths: Lengths;
}

const size = { width: 760, height: 300 };
const bars = 32;
const font = 'Helvetica, Arial, DejaVu Sans, sans-serif';

/** A histogram of lengths in tokens as a standalone SVG, one colour a name. */
export async function lengthChart(title: string, named: readonly NamedLengths[], theme: Theme): Promise<string> {
  const [{ init, use }, { BarChart }, components, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  const { GridComponent, LegendComponent, TitleComponent } = components;
  use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);
  const chart: ECharts = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption(option(title, named, theme));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function option(title: string, named: readonly NamedLengths[], theme: Theme): EChartsCoreOption {
  const { ink, faint, paper, grid } = theme;
  const width = binWidth(named);
  const count = Math.max(
    1,
    Math.min(bars, Math.max(...named.map(({ lengths }) => Math.floor(lengths.quantile(1) / width) + 1))),
  );
  const longer = named.some(({ lengths }) => lengths.quantile(1) >= width * count);
  const labels = Array.from({ length: count }, (_, i) => `${i * width}${longer && i === count - 1 ? '+' : ''}`);
  const axis = {
    nameLocation: 'middle',
    nameTextStyle: { color: ink, fontSize: 13 },
    axisLabel: { color: faint, fontSize: 12, showMaxLabel: true, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: faint } },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    backgroundColor: paper,
    animation: false,
    textStyle: { fontFamily: font },
    title: { text: title, left: 16, top: 10, textStyle: { color: ink, fontSize: 16, fontWeight: 600 } },
    ...(named.length > 1 && { legend: { right: 20, top: 12, textStyle: { color: ink, fontSize: 13 }, itemWidth: 14 } }),
    grid: { left: 70, right: 24, top: 52, bottom: 52 },
    xAxis: { ...axis, type: 'category', data: labels, name: `tokens, in steps of ${width}`, nameGap: 30 },
    yAxis: { ...axis, type: 'value', minInterval: 1, name: 'examples', nameGap: 48, nameRotate: 90 },
    series: named.map(({ name, lengths }, i) => ({
      type: 'bar',
      name,
      data: lengths.bins(width, count),
      color: theme.colours[i % theme.colours.length],
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
