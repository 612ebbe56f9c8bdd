/** 巡检: the newest brief, the runs before it, and a run now. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Empty, Skeleton, Space, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { send } from '../../api/client.ts';
import type { Brief, Run } from '../../api/inspection.ts';
import { useMe } from '../../api/session.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { BriefTable } from './brief-table.tsx';
import { useLatestBrief, useRuns } from './briefs.ts';
import { InspectionPages } from './inspection-pages.tsx';

export default function Inspection() {
  const { t } = useTranslation();
  const me = useMe();
  const runs = useRuns();
  const brief = useLatestBrief();
  const start = useStart();
  const running = runs.data?.items.some(({ state }) => state === 'running') ?? false;
  const none = runs.data?.items.every(({ state }) => state === 'running') ?? false;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <PageTitle title={t('menu.inspection')}>
        {me?.role !== 'viewer' && (
          <Button type="primary" loading={start.isPending || running} onClick={() => start.mutate()}>
            {t(running ? 'inspection.running' : 'inspection.start')}
          </Button>
        )}
      </PageTitle>
      <InspectionPages />
      <Card title={<h2>{t('inspection.brief')}</h2>} extra={brief.data && <BriefTitle brief={brief.data} />}>
        {none && <Empty description={t('inspection.none')} />}
        {!none && brief.error && <Alert type="error" showIcon title={brief.error.message} />}
        {brief.isPending && !none && !brief.error && <Skeleton active />}
        {brief.data?.systemic.map(({ check, zone, hosts, of }) => (
          <Alert
            key={`${check}/${zone}`}
            type="warning"
            showIcon
            style={{ marginBottom: 12 }}
            title={t('inspection.systemic', { check, zone, hosts, of })}
          />
        ))}
        {brief.data && <BriefTable brief={brief.data} />}
      </Card>
      <Card title={<h2>{t('inspection.runs')}</h2>}>
        <Table<Run>
          size="small"
          rowKey="id"
          loading={runs.isPending}
          dataSource={[...(runs.data?.items ?? [])]}
          pagination={{ pageSize: 10, hideOnSinglePage: true }}
          columns={[
            { title: '#', render: (_, { id }) => <Link to={`/inspection/${id}`}>{id}</Link> },
            { title: t('inspection.at'), render: (_, { startedAt }) => <Time at={startedAt} /> },
            { title: t('inspection.by'), render: (_, { by, plan }) => plan ?? by },
            { title: t('inspection.hosts'), dataIndex: 'scope', align: 'right' },
            { title: t('host.state'), render: (_, run) => <RunState run={run} /> },
          ]}
        />
      </Card>
    </Space>
  );
}

function useStart() {
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => send('POST', '/inspection/runs'),
    onError: (error) => message.error(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['inspection'] }),
  });
}

export function BriefTitle({ brief: { run, score, grade } }: { readonly brief: Brief }) {
  const { t } = useTranslation();
  return (
    <Space>
      <span>
        #{run.id} · {t('inspection.scope', { hosts: run.scope })} · {score.toFixed(1)} {grade}
      </span>
      <Time at={run.finishedAt ?? run.startedAt} />
    </Space>
  );
}

function RunState({ run: { state } }: { readonly run: Run }) {
  const { t } = useTranslation();
  const mood = { running: 'waiting', finished: 'good', cut: 'uneasy', stopped: 'still' } as const;
  return <StateTag mood={mood[state]}>{t(`inspection.state.${state}`)}</StateTag>;
}
