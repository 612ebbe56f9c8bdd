/** 一键运维: an address; what is the matter there; what would be done; then it is done, with everybody able to see. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Input, Space, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { get, send } from '../../api/client.ts';
import type { Cause, Meaning } from '../../api/maintenance.ts';
import { useMe } from '../../api/session.ts';
import { percent } from '../../parts/amounts.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { OperationTable } from './operations.tsx';
import { Wizard } from './wizard.tsx';

export default function Maintenance() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const address = params.get('address') ?? '';
  const meanings = useMeanings(address);
  const hosts = [...new Set(meanings.data?.items.map(({ host }) => host))];
  const chosen = params.get('host') ?? (hosts.length === 1 && meanings.data?.items[0]?.kind === 'host' ? hosts[0] : '');
  const set = (next: Record<string, string>) => setParams(next);
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {t('menu.maintenance')}
        </Typography.Title>
        <Link to="/operations">{t('menu.operations')}</Link>
      </Flex>
      <Input.Search
        key={`box ${address}`}
        defaultValue={address}
        enterButton={t('maintenance.look')}
        aria-label={t('maintenance.address')}
        placeholder={t('maintenance.address')}
        style={{ maxWidth: 480 }}
        onSearch={(text) => text.trim() && set({ address: text.trim() })}
      />
      {meanings.error && <RefusalAlert error={meanings.error} />}
      {meanings.data && !chosen && (
        <Card title={<h2>{t('maintenance.choose')}</h2>}>
          {meanings.data.items.map(({ kind, host, text }) => (
            <p key={`${kind}/${host}`}>
              <Button onClick={() => set({ address, host })}>{host}</Button> {address} {t(`maintenance.kind.${kind}`)}{' '}
              <Typography.Text type="secondary">{text}</Typography.Text>
            </p>
          ))}
        </Card>
      )}
      {chosen && <HostCare key={`care ${chosen}`} host={chosen} address={address} />}
    </Space>
  );
}

function useMeanings(address: string) {
  return useQuery({
    queryKey: ['resolve', address],
    queryFn: ({ signal }) =>
      get<{ items: Meaning[] }>(`/maintenance/resolve?address=${encodeURIComponent(address)}`, signal),
    enabled: address !== '',
  });
}

function HostCare({ host, address }: { readonly host: string; readonly address: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const [cause, setCause] = useState<Cause | 'other'>();
  const look = useMutation({
    mutationFn: async () => ({
      at: Date.now(),
      ...(await send<{ items: Cause[] }>('POST', '/maintenance/diagnose', { host })),
    }),
  });
  if (me?.role === 'viewer') return <Alert type="info" showIcon title={t('maintenance.viewer')} />;
  return (
    <>
      <Card
        title={
          <h2>
            <Link to={`/hosts/${host}`}>{host}</Link>
          </h2>
        }
        extra={
          <Space>
            <Button type="primary" loading={look.isPending} onClick={() => look.mutate()}>
              {t('maintenance.diagnose')}
            </Button>
            <Button onClick={() => setCause('other')}>{t('maintenance.other')}</Button>
          </Space>
        }
      >
        {look.error && <RefusalAlert error={look.error} />}
        <Table<Cause & { id: number }>
          size="small"
          rowKey="id"
          pagination={false}
          loading={look.isPending}
          locale={{ emptyText: t(look.data ? 'maintenance.nothing' : 'maintenance.not-yet') }}
          dataSource={look.data?.items.map((one, i) => ({ ...one, id: i + 1 })) ?? []}
          columns={[
            { title: 'id', dataIndex: 'id', width: 60 },
            { title: t('operation.reason'), dataIndex: 'reason' },
            { title: t('operation.updated'), render: () => <Time at={look.data?.at} /> },
            { title: t('maintenance.sure'), render: (_, { confidence }) => percent(confidence) },
            { title: t('maintenance.evidence'), dataIndex: 'evidence' },
            { title: t('operation.repair'), render: (_, { repair }) => repair ?? t('operation.by-hand') },
            {
              title: t('list.actions'),
              render: (_, one) => <Button onClick={() => setCause(one)}>{t('maintenance.treat')}</Button>,
            },
          ]}
        />
      </Card>
      {cause && <Wizard host={host} address={address} cause={cause} onClose={() => setCause(undefined)} />}
      <Card title={<h2>{t('menu.operations')}</h2>}>
        <OperationTable host={host} />
      </Card>
    </>
  );
}
