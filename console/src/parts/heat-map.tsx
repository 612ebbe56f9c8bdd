/** Many values at once as coloured places, on a canvas: ten thousand of them are no ten thousand elements of the page. */
import { HeatmapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useLook } from '../frame/look.tsx';

use([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

interface HeatMapProps {
  readonly option: EChartsCoreOption;
  readonly height: number;
  readonly description: string;
  /** Told of the number of the place that was chosen. */
  readonly onChoose: (index: number) => void;
}

export function HeatMap({ option, height, description, onChoose }: HeatMapProps) {
  const place = useRef<HTMLDivElement>(null);
  const choose = useRef(onChoose);
  const { dark } = useLook();
  useEffect(() => {
    choose.current = onChoose;
  });
  useEffect(() => {
    const chart = init(place.current, dark ? 'dark' : null, { renderer: 'canvas' });
    chart.setOption({ backgroundColor: 'transparent', animation: false, ...option });
    chart.on('click', ({ dataIndex }) => choose.current(dataIndex));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(place.current!);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [option, dark]);
  return <div ref={place} role="img" aria-label={description} style={{ height }} />;
}
