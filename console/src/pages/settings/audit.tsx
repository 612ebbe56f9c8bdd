/** 审计: who did what, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { Time } from '../../parts/time.tsx';

interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Page {
  readonly items: readonly Entry[];
  readonly next?: string;
}

export default function Audit() {
  const { t } = useTranslation();
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, isPending } = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam, signal }) => get<Page>(`/audit?limit=50${pageParam ? `&after=${pageParam}` : ''}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  return (
    <section>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t('menu.audit')}
      </Typography.Title>
      <Table<Entry>
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
