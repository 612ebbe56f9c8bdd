/** What is under way. */
import { useQuery } from '@tanstack/react-query';
import { Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import type { OperationPage } from '../../api/maintenance.ts';
import { OperationState } from '../maintenance/operation-state.tsx';

export function OperationsCard() {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['operations', 'open'],
    queryFn: ({ signal }) => get<OperationPage>('/maintenance?limit=50', signal),
    refetchInterval: 10_000,
  });
  const open = data?.items.filter(({ endedAt }) => endedAt === undefined) ?? [];
  return (
    <Card title={<h2>{t('home.operations')}</h2>} extra={<Link to="/operations">{t('menu.operations')}</Link>}>
      {open.length === 0 && <Typography.Text type="secondary">{t('home.no-operations')}</Typography.Text>}
      {open.slice(0, 8).map(({ id, host, reason, state }) => (
        <Flex key={id} gap="small" align="center" style={{ minHeight: 28 }}>
          <Link to={`/operations/${id}`}>{host}</Link>
          <span>{reason}</span>
          <OperationState state={state} />
        </Flex>
      ))}
    </Card>
  );
}
