/** 趋势: how many findings each run had, and its score. */
import { useQuery } from '@tanstack/react-query';
import { Card, Select, Table } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import { LEVELS, type TrendPoint } from '../../api/inspection.ts';
import type { Plan } from '../../api/plans.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { Time } from '../../parts/time.tsx';
import { Told } from '../../parts/told.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { InspectionPages } from './inspection-pages.tsx';

const TrendChart = lazy(() => import('./trend-chart.tsx'));
const COUNTS = [10, 30, 90];

export default function Trend() {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const [plan, count] = [url.plan ?? '', Number(url.count ?? 30)];
  const text = new URLSearchParams({ limit: String(count), ...(plan && { plan }) }).toString();
  const trend = useQuery({
    queryKey: ['inspection', 'trend', text],
    queryFn: ({ signal }) => get<{ items: TrendPoint[] }>(`/inspection/trend?${text}`, signal),
  });
  const plans = useQuery({
    queryKey: ['inspection', 'plans'],
    queryFn: ({ signal }) => get<{ items: Plan[] }>('/inspection/plans', signal),
  });
  return (
    <section>
      <PageTitle title={t('inspection.trend')}>
        <Select
          aria-label={t('trend.of')}
          style={{ minWidth: 160 }}
          value={plan}
          options={[
            { value: '', label: t('trend.all') },
            ...(plans.data?.items.map(({ name }) => ({ value: name, label: name })) ?? []),
          ]}
          onChange={(value) => change({ plan: value })}
        />
        <Select
          aria-label={t('trend.count')}
          value={count}
          options={COUNTS.map((value) => ({ value, label: t('trend.last', { count: value }) }))}
          onChange={(value) => change({ count: value === 30 ? '' : String(value) })}
        />
      </PageTitle>
      <InspectionPages />
      <Told query={trend} empty={t('trend.too-few')} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <>
            <Card title={<h2>{t('trend.levels')}</h2>} style={{ marginBottom: 16 }}>
              <Suspense fallback={<div style={{ height: 320 }} />}>
                <TrendChart points={items} />
              </Suspense>
            </Card>
            <TrendTable points={items} />
          </>
        )}
      </Told>
    </section>
  );
}

function TrendTable({ points }: { readonly points: readonly TrendPoint[] }) {
  const { t } = useTranslation();
  return (
    <Table<TrendPoint>
      size="small"
      rowKey={({ run }) => run.id}
      dataSource={points.toReversed()}
      pagination={{ pageSize: 10, hideOnSinglePage: true }}
      columns={[
        { title: '#', render: (_, { run }) => <Link to={`/inspection/${run.id}`}>{run.id}</Link> },
        { title: t('inspection.at'), render: (_, { run }) => <Time at={run.startedAt} /> },
        { title: t('inspection.by'), render: (_, { run }) => run.plan ?? run.by },
        { title: t('inspection.hosts'), align: 'right', render: (_, { run }) => run.scope },
        ...LEVELS.map((level) => ({
          title: t(`level.${level}`),
          align: 'right' as const,
          render: (_: unknown, { counts }: TrendPoint) => counts[level],
        })),
        { title: t('trend.score'), align: 'right', render: (_, { score, grade }) => `${score.toFixed(1)} ${grade}` },
        {
          title: t('inspection.diff'),
          render: (_, { run }, i) => {
            const before = points.toReversed()[i + 1]?.run.id;
            return (
              before && (
                <Link to={`/inspection/diff?before=${before}&after=${run.id}`}>
                  #{before} → #{run.id}
                </Link>
              )
            );
          },
        },
      ]}
    />
  );
}
