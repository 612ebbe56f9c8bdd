/** What inspections have found on the host, run after run. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Flex, Skeleton, Space, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import type { HostInspection, HostInspectionPage } from '../../api/hosts.ts';
import { LEVELS } from '../../api/inspection.ts';
import { LevelTag } from '../../parts/level-tag.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';

export function HostInspections({ host }: { readonly host: string }) {
  const { t } = useTranslation();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['inspection', 'host', host],
    queryFn: ({ pageParam, signal }) =>
      get<HostInspectionPage>(`/hosts/${host}/inspection?limit=20${pageParam && `&after=${pageParam}`}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  if (error && !data) return <RefusalAlert error={error} />;
  if (!data) return <Skeleton active />;
  return (
    <>
      <Table<HostInspection>
        size="small"
        rowKey={({ run }) => run.id}
        pagination={false}
        dataSource={data.pages.flatMap(({ items }) => items)}
        locale={{ emptyText: t('host.inspections.none') }}
        columns={[
          { title: '#', width: 70, render: (_, { run }) => <Link to={`/inspection/${run.id}`}>{run.id}</Link> },
          { title: t('inspection.at'), width: 160, render: (_, { run }) => <Time at={run.startedAt} /> },
          ...LEVELS.map((level) => ({
            title: t(`level.${level}`),
            width: 80,
            align: 'right' as const,
            render: (_: unknown, { counts }: HostInspection) => counts[level],
          })),
          { title: t('host.inspections.findings'), render: (_, one) => <Findings inspection={one} /> },
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

function Findings({ inspection: { findings } }: { readonly inspection: HostInspection }) {
  const { t } = useTranslation();
  if (findings.length === 0) return <Typography.Text type="secondary">{t('host.inspections.clean')}</Typography.Text>;
  return (
    <Space orientation="vertical" size={2}>
      {findings.map(({ check, level, name, message }) => (
        <Flex key={check} gap="small" align="start">
          <LevelTag level={level} />
          <span>
            {name}: {message}
          </span>
        </Flex>
      ))}
    </Space>
  );
}
