import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { STATUSES } from '../../api/hosts.ts';
import { bytes, cores } from '../../parts/amounts.ts';
import { ListPage } from '../../parts/list-page.tsx';
import { ShareBar } from '../../parts/share-bar.tsx';
import { HostState } from './host-state.tsx';

export function HostList({ extra }: { readonly extra: ReactNode }) {
  const { t } = useTranslation();
  const yesNo = [
    { value: 'true', label: t('host.ready') },
    { value: 'false', label: t('host.not-ready') },
  ];
  return (
    <ListPage
      list="hosts"
      title={t('menu.hosts')}
      extra={extra}
      rowKey={(host) => `${host.cluster}/${host.name}`}
      filters={[
        { column: 'ready', title: t('host.state'), options: yesNo },
        { column: 'unschedulable', title: t('host.cordoned'), options: [{ value: 'true', label: t('host.cordoned') }] },
        {
          column: 'status',
          title: t('host.status'),
          options: STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
        },
      ]}
      columns={[
        { name: 'name', title: t('host.name'), show: (host) => <Link to={`/hosts/${host.name}`}>{host.name}</Link> },
        { name: 'ready', title: t('host.state'), show: (host) => <HostState host={host} /> },
        { name: 'ip', title: 'IP' },
        { name: 'zone', title: t('host.zone') },
        { name: 'rack', title: t('host.rack') },
        {
          name: 'cpuShare',
          title: t('host.cpu'),
          show: (host) => (
            <ShareBar used={host.cpuRequested} of={host.cpuAllocatable} show={cores} label={t('host.cpu')} />
          ),
        },
        {
          name: 'memoryShare',
          title: t('host.memory'),
          show: (host) => (
            <ShareBar used={host.memoryRequested} of={host.memoryAllocatable} show={bytes} label={t('host.memory')} />
          ),
        },
        {
          name: 'pods',
          title: t('host.pods'),
          align: 'right',
          show: (host) => `${host.pods} / ${host.podsAllocatable}`,
        },
        { name: 'diskType', title: t('host.disk') },
        { name: 'kubelet', title: 'kubelet' },
      ]}
    />
  );
}
