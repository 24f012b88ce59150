import type { ECharts, EChartsCoreOption } from 'echarts/core';

/** Axes, titles and legends are written in it. */
const chartFont = 'Helvetica, Arial, DejaVu Sans, sans-serif';

/** A chart as a standalone SVG, drawn without a browser. */
export async function drawChart(
  option: EChartsCoreOption,
  size: { readonly width: number; readonly height: number },
): Promise<string> {
  const [{ init, use }, { BarChart, LineChart }, components, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  const { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } = components;
  use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);
  const chart: ECharts = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption({ animation: false, textStyle: { fontFamily: chartFont }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  // What it adds for a pointer above the chart; a page may forbid styles that it did not bring.
  return svg.replace(/<style\s*>.*?<\/style>/gs, '');
}
