/** One run: its brief, and the hosts behind a number of it. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Select, Skeleton, Space, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { get } from '../../api/client.ts';
import { type Brief, LEVELS, type Result, type ResultPage } from '../../api/inspection.ts';
import { LevelTag } from '../../parts/level-tag.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { currentLanguage } from '../../words/index.ts';
import { BriefTable } from './brief-table.tsx';
import { useBrief } from './briefs.ts';
import { BriefTitle } from './inspection.tsx';

export default function InspectionRun() {
  const { t } = useTranslation();
  const { run = '' } = useParams();
  const { data, error } = useBrief(run);
  if (error) return <Alert type="error" showIcon title={error.message} />;
  if (!data) return <Skeleton active />;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <Flex justify="space-between" align="center">
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {t('inspection.brief')} #{data.run.id}
        </Typography.Title>
        <BriefTitle brief={data} />
      </Flex>
      <Results brief={data} />
      <Card>
        <BriefTable brief={data} />
      </Card>
    </Space>
  );
}

function Results({ brief: { run, rows } }: { readonly brief: Brief }) {
  const { t } = useTranslation();
  const [{ check = '', level = '' }, change] = useUrlState();
  const query = new URLSearchParams({ limit: '100', ...(check && { check }), ...(level && { level }) }).toString();
  const chosen = check !== '' || level !== '';
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['inspection', 'results', run.id, query],
    queryFn: ({ pageParam, signal }) => {
      const after = pageParam && `&after=${encodeURIComponent(pageParam)}`;
      return get<ResultPage>(`/inspection/runs/${run.id}/results?${query}${after}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    enabled: chosen,
  });
  const choose = (key: string) => (value: string | null) => change({ [key]: value ?? '' });
  return (
    <Card
      title={<h2>{t('inspection.behind')}</h2>}
      extra={
        <Space>
          <Select
            allowClear
            aria-label={t('inspection.check')}
            placeholder={t('inspection.check')}
            style={{ minWidth: 200 }}
            value={check || null}
            options={rows.map((row) => ({ value: row.check, label: row.name[currentLanguage()] }))}
            onChange={choose('check')}
          />
          <Select
            allowClear
            aria-label={t('inspection.level')}
            placeholder={t('inspection.level')}
            style={{ minWidth: 110 }}
            value={level || null}
            options={LEVELS.map((value) => ({ value, label: t(`level.${value}`) }))}
            onChange={choose('level')}
          />
        </Space>
      }
    >
      {error && !data && <RefusalAlert error={error} />}
      <Table<Result>
        size="small"
        rowKey={({ host, check: id }) => `${host}/${id}`}
        loading={isPending && chosen}
        dataSource={data?.pages.flatMap(({ items }) => items) ?? []}
        locale={{ emptyText: t('inspection.choose') }}
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        columns={[
          { title: t('host.name'), render: (_, { host }) => <Link to={`/hosts/${host}`}>{host}</Link> },
          { title: t('inspection.check'), dataIndex: 'name' },
          { title: t('inspection.level'), render: (_, result) => <LevelTag level={result.level} /> },
          { title: t('inspection.found'), dataIndex: 'message' },
          { title: t('inspection.remedy'), dataIndex: 'remedy' },
          { title: t('inspection.at'), render: (_, { readAt }) => <Time at={readAt} /> },
          {
            title: t('list.actions'),
            render: (_, { host, check: id }) => (
              <Space>
                <Link to={`/maintenance?address=${encodeURIComponent(host)}`}>{t('menu.maintenance')}</Link>
                <Link to={`/inspection/exemptions?check=${encodeURIComponent(id)}&host=${encodeURIComponent(host)}`}>
                  {t('inspection.exemptions')}
                </Link>
              </Space>
            ),
          },
        ]}
      />
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()} style={{ marginTop: 12 }}>
          {t('list.more')}
        </Button>
      )}
    </Card>
  );
}
