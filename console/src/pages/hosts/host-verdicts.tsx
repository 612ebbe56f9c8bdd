/** What was concluded when the host fell silent, and what each witness said. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Space, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Verdict } from '../../api/hosts.ts';
import { type Mood, StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { Told } from '../../parts/told.tsx';

const MOODS: Readonly<Record<Verdict['verdict'], Mood>> = {
  Ready: 'good',
  Suspect: 'uneasy',
  NodeDown: 'bad',
  AgentDown: 'bad',
  PathDown: 'uneasy',
  ControlPlaneBlind: 'still',
};
const SAYS = { alive: 'good', dead: 'bad', unknown: 'still' } as const;

export function HostVerdicts({ host }: { readonly host: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['host', host, 'verdicts'],
    queryFn: ({ signal }) => get<{ items: Verdict[] }>(`/hosts/${host}/verdicts`, signal),
    refetchInterval: 5000,
  });
  return (
    <Told query={query} empty={t('host.verdicts.none')} isEmpty={({ items }) => items.length === 0}>
      {({ items }) => (
        <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
          {items.map((verdict) => (
            <VerdictCard key={verdict.at} verdict={verdict} />
          ))}
        </Space>
      )}
    </Told>
  );
}

function VerdictCard({ verdict: { at, verdict, blind, evidence } }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  return (
    <Card
      size="small"
      title={
        <Space>
          <StateTag mood={MOODS[verdict]}>{t(`host.verdict.${verdict}`)}</StateTag>
          <h2 style={{ fontWeight: 'normal' }}>{t(`host.meaning.${verdict}`)}</h2>
        </Space>
      }
      extra={<Time at={at} />}
    >
      {blind && <Alert type="info" showIcon title={blind} style={{ marginBottom: 8 }} />}
      <Table
        size="small"
        rowKey={({ witness, detail }) => `${witness}/${detail}`}
        pagination={false}
        dataSource={[...evidence]}
        columns={[
          { title: t('host.witness'), width: 220, render: (_, { witness }) => t(`host.witness.${witness}`) },
          {
            title: t('host.witness.says'),
            width: 160,
            render: (_, { says }) => <StateTag mood={SAYS[says]}>{t(`host.says.${says}`)}</StateTag>,
          },
          { title: t('host.witness.detail'), dataIndex: 'detail' },
        ]}
      />
    </Card>
  );
}
