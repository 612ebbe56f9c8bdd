/** How evenly the hosts are filled. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../parts/chart.tsx';
import type { Overview } from './overview.ts';

export default function Allocation({ allocation }: Pick<Overview, 'allocation'>) {
  const { t } = useTranslation();
  const counts = Array.from({ length: 11 }, (_, tenth) => allocation.find((row) => row.tenth === tenth)?.hosts ?? 0);
  const names = counts.map((_, tenth) => (tenth === 10 ? '100%' : `${tenth * 10}–${tenth * 10 + 10}%`));
  const key = counts.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the counts are what `key` says
  const option = useMemo(
    () => ({
      grid: { left: 8, right: 8, top: 24, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: names },
      yAxis: { type: 'value', name: t('word.hosts'), minInterval: 1 },
      series: [{ type: 'bar', data: counts, itemStyle: { color: '#1677ff' } }],
    }),
    [key, t],
  );
  const words = names.map((name, tenth) => `${name}: ${counts[tenth]}`).join('; ');
  return <Chart option={option} height={240} description={`${t('home.allocation')}. ${words}`} />;
}
