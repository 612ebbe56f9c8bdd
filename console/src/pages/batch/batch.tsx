/** 批量运维: a new job, and those there were. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Space, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BatchJob, BatchJobs } from '../../api/batch.ts';
import { get } from '../../api/client.ts';
import { useMe } from '../../api/session.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { JobState } from './job-state.tsx';
import { NewJob } from './new-job.tsx';

export default function Batch() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <section>
      <PageTitle title={t('menu.batch')} />
      {me?.role === 'viewer' ? (
        <Alert type="info" showIcon title={t('batch.viewer')} />
      ) : (
        <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
          <Card title={<h2>{t('batch.new')}</h2>}>
            <NewJob admin={me?.role === 'admin'} />
          </Card>
          <Card title={<h2>{t('batch.jobs')}</h2>}>
            <Jobs />
          </Card>
        </Space>
      )}
    </section>
  );
}

function Jobs() {
  const { t } = useTranslation();
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['batch', 'jobs'],
    queryFn: ({ pageParam, signal }) => get<BatchJobs>(`/batch?limit=20${pageParam && `&after=${pageParam}`}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: 5000,
  });
  return (
    <>
      {error && !data && <RefusalAlert error={error} />}
      <Table<BatchJob>
        size="small"
        rowKey="id"
        loading={isPending}
        pagination={false}
        dataSource={data?.pages.flatMap(({ items }) => items) ?? []}
        locale={{ emptyText: t('batch.none') }}
        columns={[
          { title: 'id', render: (_, { id }) => <Link to={`/batch/${id}`}>{id}</Link> },
          { title: t('batch.selector'), render: (_, { selector }) => <code>{selector}</code> },
          {
            title: t('batch.command'),
            render: (_, { command }) => <code className="command">{command}</code>,
          },
          { title: t('host.state'), render: (_, job) => <JobState job={job} /> },
          { title: t('inspection.hosts'), dataIndex: 'targets', align: 'right' },
          { title: t('operation.by'), dataIndex: 'actor' },
          { title: t('inspection.at'), render: (_, { createdAt }) => <Time at={createdAt} /> },
        ]}
      />
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()} style={{ marginTop: 12 }}>
          {t('list.more')}
        </Button>
      )}
    </>
  );
}
