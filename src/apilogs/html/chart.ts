/** Pictures of reports: SVG that needs no script, drawn by ECharts. */
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Chart, heading, type Language } from '../reports/index.ts';

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, SVGRenderer]);

export interface Drawn {
  readonly chart: Chart;
  readonly columns: readonly string[];
  /** As text or number. */
  readonly rows: readonly (readonly (string | number)[])[];
  readonly language: Language;
}

const WIDTH = 900;
/** Names with quotes would end the attribute that they are written into. */
const FONT = { fontFamily: 'system-ui, sans-serif' };
/** More bars or slices than that nobody reads. */
const MOST = 15;

export function draw(drawn: Drawn): string {
  const { kind } = drawn.chart;
  const series = (kind === 'line' ? drawn.rows : drawn.rows.slice(0, MOST)).map((row) => row);
  const height = kind === 'bar' ? 60 + 24 * series.length : 320;
  const picture = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    picture.setOption({ animation: false, textStyle: FONT, ...OPTIONS[kind]({ ...drawn, rows: series }) });
    return picture.renderToSVGString();
  } finally {
    picture.dispose();
  }
}

const OPTIONS = { bar: bars, line: lines, pie: slices };

/** The largest on top. */
function bars({ chart, columns, rows, language }: Drawn) {
  const [name, value] = [columns.indexOf(chart.name), columns.indexOf(chart.values[0]!)];
  const upwards = rows.toReversed();
  return {
    grid: { left: 240, right: 90, top: 30, bottom: 30 },
    xAxis: { type: 'value', name: heading(chart.values[0]!, language) },
    yAxis: {
      type: 'category',
      data: upwards.map((row) => shortened(String(row[name]))),
      axisLabel: { width: 220, overflow: 'truncate' },
    },
    series: [{ type: 'bar', data: upwards.map((row) => row[value]), label: { show: true, position: 'right' } }],
  };
}

function lines({ chart, columns, rows, language }: Drawn) {
  const time = columns.indexOf(chart.name);
  return {
    legend: { top: 0 },
    grid: { left: 80, right: 30, top: 40, bottom: 40 },
    xAxis: { type: 'category', data: rows.map((row) => String(row[time])) },
    yAxis: { type: 'value' },
    series: chart.values.map((value) => ({
      type: 'line',
      name: heading(value, language),
      showSymbol: rows.length < 3,
      data: rows.map((row) => row[columns.indexOf(value)]),
    })),
  };
}

function slices({ chart, columns, rows }: Drawn) {
  const [name, value] = [columns.indexOf(chart.name), columns.indexOf(chart.values[0]!)];
  const data = rows.map((row) => ({ name: shortened(String(row[name])), value: row[value] }));
  return { series: [{ type: 'pie', radius: ['35%', '65%'], data, label: { formatter: '{b}: {c}' } }] };
}

function shortened(name: string): string {
  return name.length > 60 ? `${name.slice(0, 59)}…` : name || '–';
}
