/** One host: what it is, how it fares, what runs on it. */
import { Descriptions, Flex, Result, Skeleton, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useList } from '../../api/lists.ts';
import { bytes, cores } from '../../parts/amounts.ts';
import { ShareBar } from '../../parts/share-bar.tsx';
import { Time } from '../../parts/time.tsx';
import { PodList } from '../pods/pod-list.tsx';
import type { HostRow } from './host-row.ts';
import { HostState } from './host-state.tsx';

export default function Host() {
  const { t } = useTranslation();
  const { name = '' } = useParams();
  const { data, isPending } = useList<HostRow>('hosts', { filters: { name } });
  const host = data?.items[0];
  if (isPending) return <Skeleton active />;
  if (!host)
    return (
      <Result status="404" title={t('host.unknown', { name })} extra={<Link to="/hosts">{t('menu.hosts')}</Link>} />
    );
  return (
    <>
      <Flex justify="space-between" align="center" style={{ marginBottom: 12 }}>
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {host.name}
        </Typography.Title>
        <Link to={`/maintenance?address=${encodeURIComponent(host.name)}`}>{t('menu.maintenance')}</Link>
      </Flex>
      <Descriptions size="small" bordered column={{ xs: 1, md: 2, xl: 3 }} items={factsOf(host, t)} />
      <div style={{ height: 24 }} />
      <PodList title={t('host.its-pods')} fixed={{ node: host.name }} inner />
    </>
  );
}

function factsOf(host: HostRow, t: ReturnType<typeof useTranslation>['t']) {
  const { cpuRequested, cpuAllocatable, memoryRequested, memoryAllocatable } = host;
  const facts = [
    [t('host.state'), <HostState key="state" host={host} />],
    ['IP', host.ip],
    [t('host.zone'), host.zone],
    [t('host.rack'), host.rack],
    [t('host.disk'), host.diskType],
    [t('host.cpu-model'), host.cpuModel],
    [t('host.cpu'), <ShareBar key="cpu" used={cpuRequested} of={cpuAllocatable} show={cores} label={t('host.cpu')} />],
    [
      t('host.memory'),
      <ShareBar key="memory" used={memoryRequested} of={memoryAllocatable} show={bytes} label={t('host.memory')} />,
    ],
    ['kubelet', host.kubelet],
    [t('host.kernel'), host.kernel],
    [t('list.created'), <Time key="created" at={host.createdAt} />],
  ] as const;
  return facts.map(([label, children]) => ({ key: String(label), label, children: children || '–' }));
}
