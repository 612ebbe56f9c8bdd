/** Many values at once as coloured places, on a canvas: ten thousand of them are no ten thousand elements of the page. */
import { HeatmapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type EChartProps, useEChart } from './echart.ts';

use([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

interface HeatMapProps extends EChartProps {
  /** Told of the number of the place that was chosen. */
  readonly onChoose: (index: number) => void;
}

export function HeatMap({ option, height, description, onChoose }: HeatMapProps) {
  const place = useEChart(option, { renderer: 'canvas', onChoose });
  return <div ref={place} role="img" aria-label={description} style={{ height }} />;
}
