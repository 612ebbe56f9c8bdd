/** One run: its brief, and the hosts behind a number of it. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Flex, Select, Skeleton, Space, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { get } from '../../api/client.ts';
import { type Brief, LEVELS, type Result } from '../../api/inspection.ts';
import { LevelTag } from '../../parts/level-tag.tsx';
import { Time } from '../../parts/time.tsx';
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
  const [params, setParams] = useSearchParams();
  const [check, level] = [params.get('check') ?? '', params.get('level') ?? ''];
  const query = new URLSearchParams({ limit: '200', ...(check && { check }), ...(level && { level }) }).toString();
  const { data, isPending } = useQuery({
    queryKey: ['inspection', 'results', run.id, query],
    queryFn: ({ signal }) => get<{ items: Result[] }>(`/inspection/runs/${run.id}/results?${query}`, signal),
    enabled: check !== '' || level !== '',
  });
  const choose = (key: string) => (value: string | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        value ? next.set(key, value) : next.delete(key);
        return next;
      },
      { replace: true },
    );
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
      <Table<Result>
        size="small"
        rowKey={({ host, check: id }) => `${host}/${id}`}
        loading={isPending && (check !== '' || level !== '')}
        dataSource={data?.items ?? []}
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
    </Card>
  );
}
