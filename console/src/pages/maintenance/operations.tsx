/** 运维记录: every operation, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import type { Operation, OperationPage } from '../../api/maintenance.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { OperationState } from './operation-state.tsx';

export default function Operations() {
  const { t } = useTranslation();
  return (
    <section>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t('menu.operations')}
      </Typography.Title>
      <OperationTable />
    </section>
  );
}

/** Of one host, or of all. */
export function OperationTable({ host }: { readonly host?: string }) {
  const { t } = useTranslation();
  const of = host ? `&host=${encodeURIComponent(host)}` : '';
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['operations', host ?? ''],
    queryFn: ({ pageParam, signal }) =>
      get<OperationPage>(`/maintenance?limit=20${of}${pageParam && `&after=${pageParam}`}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: 5000,
  });
  return (
    <>
      {error && !data && <RefusalAlert error={error} />}
      <Table<Operation>
        size="small"
        rowKey="id"
        loading={isPending}
        pagination={false}
        dataSource={data?.pages.flatMap((page) => page.items) ?? []}
        locale={{ emptyText: t('list.empty') }}
        columns={[
          { title: 'id', render: (_, { id }) => <Link to={`/operations/${id}`}>{id}</Link> },
          { title: t('host.name'), render: (_, one) => <Link to={`/hosts/${one.host}`}>{one.host}</Link> },
          { title: t('operation.reason'), dataIndex: 'reason' },
          { title: t('host.state'), render: (_, { state }) => <OperationState state={state} /> },
          { title: t('operation.step'), render: (_, { step }) => t(`operation.at.${step}`) },
          { title: t('operation.by'), dataIndex: 'requestedBy' },
          { title: t('operation.updated'), render: (_, { endedAt, createdAt }) => <Time at={endedAt ?? createdAt} /> },
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
