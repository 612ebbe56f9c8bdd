import { useQuery } from '@tanstack/react-query';
import { Alert, Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import type { HostBookPage } from '../../api/hosts.ts';
import type { HostRow } from '../../api/lists.ts';
import { bytes, cores } from '../../parts/amounts.ts';
import { ShareBar } from '../../parts/share-bar.tsx';
import { Time } from '../../parts/time.tsx';
import { HostState } from './host-state.tsx';
import { StatusTag } from './host-status.tsx';

export function useHostBook(host: string) {
  return useQuery({
    queryKey: ['host', host, 'book'],
    queryFn: ({ signal }) => get<HostBookPage>(`/hosts/${host}`, signal),
    refetchInterval: 10_000,
  });
}

export function HostFacts({ host }: { readonly host: HostRow }) {
  const { t } = useTranslation();
  const { data } = useHostBook(host.name);
  const { state, inventory } = data ?? {};
  return (
    <>
      {state?.pinned && <Alert type="warning" showIcon title={t('host.pinned')} style={{ marginBottom: 12 }} />}
      {state?.operation && (
        <Alert
          type="info"
          showIcon
          style={{ marginBottom: 12 }}
          title={<Link to={`/operations/${state.operation}`}>{t('host.held', { id: state.operation })}</Link>}
        />
      )}
      <Descriptions
        size="small"
        bordered
        column={{ xs: 1, md: 2, xl: 3 }}
        items={[
          ...factsOf(host, t),
          ...item(t('host.status'), state ? <StatusTag status={state.status} /> : t('host.no-status')),
          ...item(t('host.bmc'), inventory?.bmcIp),
          ...item(t('host.serial'), inventory?.serial),
          ...item(t('host.owner'), inventory?.owner),
        ]}
      />
    </>
  );
}

function factsOf(host: HostRow, t: ReturnType<typeof useTranslation>['t']) {
  const { cpuRequested, cpuAllocatable, memoryRequested, memoryAllocatable } = host;
  return [
    ...item(t('host.state'), <HostState host={host} />),
    ...item('IP', host.ip),
    ...item(t('host.zone'), host.zone),
    ...item(
      t('host.rack'),
      host.rack && <Link to={`/hosts?view=racks&zone=${encodeURIComponent(host.zone ?? '')}`}>{host.rack}</Link>,
    ),
    ...item(t('host.disk'), host.diskType),
    ...item(t('host.cpu-model'), host.cpuModel),
    ...item(t('host.cpu'), <ShareBar used={cpuRequested} of={cpuAllocatable} show={cores} label={t('host.cpu')} />),
    ...item(
      t('host.memory'),
      <ShareBar used={memoryRequested} of={memoryAllocatable} show={bytes} label={t('host.memory')} />,
    ),
    ...item(t('host.pods'), `${host.pods} / ${host.podsAllocatable}`),
    ...item('kubelet', host.kubelet),
    ...item(t('host.kernel'), host.kernel),
    ...item(t('list.created'), <Time at={host.createdAt} />),
  ];
}

function item(label: string, children: React.ReactNode) {
  return [{ key: label, label, children: children || '–' }];
}
