import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrendPoint } from '../../api/inspection.ts';
import { Chart } from '../../parts/chart.tsx';

const BARS = [
  ['error', '#cf1322'],
  ['alarm', '#fa8c16'],
  ['warn', '#d4b106'],
  ['unknown', '#8c8c8c'],
] as const;

export default function TrendChart({ points }: { readonly points: readonly TrendPoint[] }) {
  const { t } = useTranslation();
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 8, top: 48, bottom: 0, containLabel: true },
      legend: { top: 0 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: points.map(({ run }) => `#${run.id}`) },
      yAxis: [
        { type: 'value', minInterval: 1 },
        { type: 'value', name: t('trend.score'), min: 0, max: 100, splitLine: { show: false } },
      ],
      series: [
        ...BARS.map(([level, color]) => ({
          type: 'bar',
          stack: 'levels',
          barMaxWidth: 28,
          name: t(`level.${level}`),
          itemStyle: { color },
          data: points.map(({ counts }) => counts[level]),
        })),
        {
          type: 'line',
          yAxisIndex: 1,
          name: t('trend.score'),
          itemStyle: { color: '#1677ff' },
          data: points.map(({ score }) => score),
        },
      ],
    }),
    [points, t],
  );
  const said = points.map(({ run, score, grade, counts }) =>
    t('trend.words', { run: run.id, score: score.toFixed(1), grade, ...counts }),
  );
  return <Chart option={option} height={320} description={`${t('inspection.trend')}. ${said.join('. ')}`} />;
}
