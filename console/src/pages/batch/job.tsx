/** One job: how far it is, how it ended on each target, and what may be said to it. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Descriptions, Popconfirm, Progress, Radio, Space, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { type BatchJobPage, type BatchResult, type BatchResults, OUTCOMES, type Outcome } from '../../api/batch.ts';
import { get, send } from '../../api/client.ts';
import { useMe } from '../../api/session.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { type Mood, StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { Told } from '../../parts/told.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { JobState } from './job-state.tsx';

const MOODS: Readonly<Record<Outcome, Mood>> = { ok: 'good', failed: 'bad', unreachable: 'uneasy', skipped: 'still' };

export default function Job() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => get<BatchJobPage>(`/batch/${id}`, signal),
    refetchInterval: ({ state }) => (isOpen(state.data) ? 1000 : false),
  });
  return <Told query={query}>{(page) => <Facts page={page} />}</Told>;
}

function isOpen(page: BatchJobPage | undefined): boolean {
  return page?.job.state === 'running' || page?.job.state === 'paused';
}

function Facts({ page }: { readonly page: BatchJobPage }) {
  const { t } = useTranslation();
  const me = useMe();
  const { job, counts } = page;
  const done = OUTCOMES.reduce((sum, kind) => sum + counts[kind], 0);
  const bad = counts.failed + counts.unreachable;
  return (
    <section>
      <PageTitle title={job.id}>
        <JobState job={job} />
        {job.state !== 'ended' && me?.role !== 'viewer' && <Sayings page={page} />}
      </PageTitle>
      <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
        {job.stopped && <Alert type="warning" showIcon title={t('batch.stopped', { reason: job.stopped })} />}
        <Progress
          aria-label={t('batch.progress')}
          percent={job.targets === 0 ? 100 : Math.round((100 * done) / job.targets)}
          status={bad > 0 ? 'exception' : job.state === 'ended' ? 'success' : 'active'}
          format={() => `${done} / ${job.targets}`}
        />
        <Descriptions
          size="small"
          bordered
          column={{ xs: 1, md: 2 }}
          items={[
            { key: 's', label: t('batch.selector'), children: <code>{job.selector}</code> },
            { key: 'b', label: t('operation.by'), children: job.actor },
            { key: 'c', label: t('batch.command'), children: <code className="command">{job.command}</code> },
            { key: 'a', label: t('inspection.at'), children: <Time at={job.createdAt} /> },
          ]}
        />
        <Results page={page} />
      </Space>
    </section>
  );
}

function Sayings({ page: { job } }: { readonly page: BatchJobPage }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const say = useMutation({
    mutationFn: (word: 'pause' | 'resume' | 'cancel') => send('POST', `/batch/${job.id}/${word}`),
    onError: (error) => message.error(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['batch', job.id] }),
  });
  const word = job.state === 'running' ? 'pause' : 'resume';
  return (
    <>
      <Button onClick={() => say.mutate(word)}>{t(`batch.${word}`)}</Button>
      <Popconfirm title={t('batch.cancel-asked')} onConfirm={() => say.mutate('cancel')}>
        <Button danger>{t('batch.cancel')}</Button>
      </Popconfirm>
    </>
  );
}

function Results({ page }: { readonly page: BatchJobPage }) {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const { job, counts } = page;
  const kind = OUTCOMES.find((one) => one === url.kind);
  const { data, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['batch', job.id, 'results', kind ?? ''],
    queryFn: ({ pageParam, signal }) => {
      const text = new URLSearchParams({ limit: '50', ...(kind && { kind }), ...(pageParam && { after: pageParam }) });
      return get<BatchResults>(`/batch/${job.id}/results?${text}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: isOpen(page) ? 1000 : false,
  });
  return (
    <>
      <Radio.Group
        aria-label={t('batch.outcome')}
        optionType="button"
        value={kind ?? ''}
        options={[
          { value: '', label: t('batch.outcome.all') },
          ...OUTCOMES.map((value) => ({ value, label: `${t(`batch.outcome.${value}`)} ${counts[value]}` })),
        ]}
        onChange={({ target }) => change({ kind: String(target.value) })}
      />
      <Table<BatchResult>
        size="small"
        rowKey="target"
        loading={isPending}
        pagination={false}
        dataSource={data?.pages.flatMap(({ items }) => items) ?? []}
        locale={{ emptyText: t('batch.no-results') }}
        columns={[
          { title: t('batch.selector'), dataIndex: 'target' },
          { title: t('host.name'), render: (_, { host }) => host && <Link to={`/hosts/${host}`}>{host}</Link> },
          {
            title: t('batch.outcome'),
            render: (_, one) => <StateTag mood={MOODS[one.kind]}>{t(`batch.outcome.${one.kind}`)}</StateTag>,
          },
          { title: t('batch.rc'), align: 'right', render: (_, { rc }) => rc ?? '–' },
          { title: t('batch.time'), align: 'right', render: (_, { ms }) => `${ms} ms` },
          { title: t('batch.output'), render: (_, one) => <Output result={one} /> },
        ]}
      />
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('list.more')}
        </Button>
      )}
    </>
  );
}

function Output({ result: { stdout, stderr, message } }: { readonly result: BatchResult }) {
  const { t } = useTranslation();
  const text = [message, stdout, stderr].filter(Boolean).join('\n').trimEnd();
  return text === '' ? t('batch.no-output') : <pre className="output">{text}</pre>;
}
