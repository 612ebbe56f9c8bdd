/** An ECharts picture in a place of the page: in the page's colours and size, made anew when what it shows changes. */
import { type EChartsCoreOption, init } from 'echarts/core';
import { type RefObject, useEffect, useRef } from 'react';
import { useLook } from '../frame/look.tsx';

export interface EChartProps {
  readonly option: EChartsCoreOption;
  readonly height: number;
  /** What the picture says, for who does not see it. */
  readonly description: string;
}

interface EChartOptions {
  readonly renderer: 'svg' | 'canvas';
  /** Told of the number of the place that was chosen. */
  readonly onChoose?: (index: number) => void;
}

/** Answers what belongs to the place; the parts of ECharts that the option names are the caller's to `use`. */
export function useEChart(option: EChartsCoreOption, { renderer, onChoose }: EChartOptions): RefObject<HTMLDivElement> {
  const place = useRef<HTMLDivElement>(null!);
  const choose = useRef(onChoose);
  const { dark } = useLook();
  useEffect(() => {
    choose.current = onChoose;
  });
  useEffect(() => {
    const chart = init(place.current, dark ? 'dark' : null, { renderer });
    chart.setOption({ backgroundColor: 'transparent', animation: false, ...option });
    chart.on('click', ({ dataIndex }) => choose.current?.(dataIndex));
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [option, dark, renderer]);
  return place;
}
