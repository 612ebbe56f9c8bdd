/** One application: whose it is, where its Pods are, and of a Group its Releases and revisions. */
import { useQuery } from '@tanstack/react-query';
import { Card, Descriptions, Result, Skeleton, Space, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { Spread } from '../../api/applications.ts';
import { get } from '../../api/client.ts';
import { useList } from '../../api/lists.ts';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { PodList } from '../pods/pod-list.tsx';
import { GroupCards } from './group-cards.tsx';

export default function Application() {
  const { t } = useTranslation();
  const { kind = '', namespace = '', name = '' } = useParams();
  const { data, isPending } = useList('applications', { filters: { kind, namespace, name } });
  const application = data?.items[0];
  if (isPending) return <Skeleton active />;
  if (!application)
    return (
      <Result
        status="404"
        title={t('application.unknown', { name: `${kind} ${namespace}/${name}` })}
        extra={<Link to="/applications">{t('menu.applications')}</Link>}
      />
    );
  const { owner, ready, wished, missing, updated, createdAt } = application;
  const facts = [
    [t('application.kind'), kind],
    [t('pod.namespace'), namespace],
    [t('application.owner'), owner || '–'],
    [
      t('application.state'),
      <StateTag key="state" mood={missing <= 0 ? 'good' : ready === 0 ? 'bad' : 'uneasy'}>
        {`${ready} / ${wished}`}
      </StateTag>,
    ],
    [t('application.updated'), updated],
    [t('list.created'), <Time key="created" at={createdAt} />],
  ] as const;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
        {name}
      </Typography.Title>
      <Descriptions
        size="small"
        bordered
        column={{ xs: 1, md: 2, xl: 3 }}
        items={facts.map(([label, children]) => ({ key: label, label, children }))}
      />
      {kind === 'Group' && <GroupCards namespace={namespace} name={name} />}
      <SpreadCard path={`${kind}/${namespace}/${name}`} />
      <PodList title={t('host.pods')} fixed={{ namespace, application: `${kind}/${name}` }} inner />
    </Space>
  );
}

function SpreadCard({ path }: { readonly path: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['application', 'spread', path],
    queryFn: ({ signal }) => get<{ items: Spread[] }>(`/applications/${path}/spread`, signal),
  });
  return (
    <Card size="small" title={<h2>{t('application.spread')}</h2>}>
      <Table<Spread>
        size="small"
        rowKey={({ zone, rack }) => `${zone}/${rack}`}
        loading={!data}
        dataSource={data?.items ?? []}
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        columns={[
          { title: t('host.zone'), dataIndex: 'zone', render: (zone: string) => zone || '–' },
          { title: t('host.rack'), dataIndex: 'rack', render: (rack: string) => rack || '–' },
          { title: t('word.hosts'), dataIndex: 'hosts', align: 'right' },
          {
            title: t('application.state'),
            key: 'ready',
            render: (_, { ready, pods }) => (
              <StateTag mood={ready === pods ? 'good' : 'uneasy'}>{`${ready} / ${pods}`}</StateTag>
            ),
          },
        ]}
      />
    </Card>
  );
}
