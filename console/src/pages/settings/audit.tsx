/** 审计: who did what, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { AuditPage, AuditRow } from '../../api/settings.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';

export default function Audit() {
  const { t } = useTranslation();
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, isPending } = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam, signal }) =>
      get<AuditPage>(`/audit?limit=50${pageParam ? `&after=${pageParam}` : ''}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  return (
    <section>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t('menu.audit')}
      </Typography.Title>
      {error && !data && <RefusalAlert error={error} />}
      <Table<AuditRow>
        size="small"
        rowKey="seq"
        loading={isPending}
        pagination={false}
        dataSource={data?.pages.flatMap((page) => page.items) ?? []}
        columns={[
          { title: '#', dataIndex: 'seq', width: 80 },
          { title: t('audit.at'), render: (_, { at }) => <Time at={at} /> },
          { title: t('audit.actor'), dataIndex: 'actor' },
          { title: t('audit.action'), dataIndex: 'action' },
          { title: t('audit.object'), dataIndex: 'object' },
          {
            title: t('audit.detail'),
            render: (_, { detail }) => (Object.keys(detail).length > 0 ? <code>{JSON.stringify(detail)}</code> : '–'),
          },
        ]}
      />
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()} style={{ marginTop: 12 }}>
          {t('list.more')}
        </Button>
      )}
    </section>
  );
}
