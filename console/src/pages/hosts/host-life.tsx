/** How the host came to its status: every change, by whom, why, and how long each lasted. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Skeleton, Space, Timeline, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import type { Transition, TransitionPage } from '../../api/hosts.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { lengthOfTime, Time } from '../../parts/time.tsx';
import { currentLanguage } from '../../words/index.ts';
import { useHostBook } from './host-facts.tsx';
import { STATUS_MOODS, StatusTag } from './host-status.tsx';

const COLOURS = { good: 'green', waiting: 'blue', uneasy: 'orange', bad: 'red', still: 'gray' } as const;

export function HostLife({ host }: { readonly host: string }) {
  const { t } = useTranslation();
  const { state } = useHostBook(host).data ?? {};
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['host', host, 'transitions'],
    queryFn: ({ pageParam, signal }) =>
      get<TransitionPage>(`/hosts/${host}/transitions?limit=20${pageParam && `&after=${pageParam}`}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: 10_000,
  });
  if (error && !data) return <RefusalAlert error={error} />;
  if (!data) return <Skeleton active />;
  const all = data.pages.flatMap(({ items }) => items);
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      {state && (
        <Space wrap>
          <StatusTag status={state.status} />
          <Time at={state.since} />
          <span>
            {state.actor}: {state.reason}
          </span>
          <Link to={`/lifecycle?host=${encodeURIComponent(host)}`}>{t('life.moves')}</Link>
        </Space>
      )}
      {state?.pinned && <Alert type="warning" showIcon title={t('host.pinned')} />}
      {all.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('host.no-transitions')} />}
      <Timeline
        items={all.map((one, i) => ({
          key: one.id,
          color: COLOURS[STATUS_MOODS[one.to]],
          content: <Change change={one} until={all[i - 1]?.at} />,
        }))}
      />
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('list.more')}
        </Button>
      )}
    </Space>
  );
}

function Change({ change, until }: { readonly change: Transition; readonly until: number | undefined }) {
  const { t } = useTranslation();
  const { at, from, to, actor, reason, operation } = change;
  return (
    <>
      <Typography.Text strong>
        {from
          ? t('host.life.from', { from: t(`status.${from}`), to: t(`status.${to}`) })
          : t('host.life.begin', { to: t(`status.${to}`) })}
      </Typography.Text>{' '}
      <Time at={at} />
      {until !== undefined && (
        <Typography.Text type="secondary">
          {' '}
          · {t('host.life.duration', { time: lengthOfTime(until - at, currentLanguage()) })}
        </Typography.Text>
      )}
      <div>
        {actor}: {reason} {operation && <Link to={`/operations/${operation}`}>{operation}</Link>}
      </div>
    </>
  );
}
