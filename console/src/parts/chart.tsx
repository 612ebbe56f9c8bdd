/** Bars and lines: only the parts of ECharts that are used. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type EChartProps, useEChart } from './echart.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export function Chart({ option, height, description }: EChartProps) {
  const place = useEChart(option, { renderer: 'svg' });
  return <div ref={place} role="img" aria-label={description} style={{ height }} />;
}
