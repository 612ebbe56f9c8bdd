/** One host: what it is, how it fares, what runs on it, and how it came to this. */
import { Result, Skeleton, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { type HostRow, useList } from '../../api/lists.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { OperationTable } from '../maintenance/operations.tsx';
import { PodList } from '../pods/pod-list.tsx';
import { HostFacts } from './host-facts.tsx';
import { HostInspections } from './host-inspections.tsx';
import { HostLife } from './host-life.tsx';
import { HostState } from './host-state.tsx';
import { HostVerdicts } from './host-verdicts.tsx';

const TABS = ['facts', 'pods', 'life', 'verdicts', 'inspection', 'operations'] as const;
type Tab = (typeof TABS)[number];

export default function Host() {
  const { t } = useTranslation();
  const { name = '' } = useParams();
  const [url, change] = useUrlState();
  const { data, isPending, error } = useList('hosts', { filters: { name } });
  const host = data?.items[0];
  if (isPending) return <Skeleton active />;
  if (error && !data) return <RefusalAlert error={error} />;
  if (!host)
    return (
      <Result status="404" title={t('host.unknown', { name })} extra={<Link to="/hosts">{t('menu.hosts')}</Link>} />
    );
  const tab = TABS.find((one) => one === url.tab) ?? 'facts';
  return (
    <>
      <PageTitle title={host.name}>
        <HostState host={host} />
        <Link to={`/maintenance?address=${encodeURIComponent(host.name)}`}>{t('menu.maintenance')}</Link>
      </PageTitle>
      <Tabs
        aria-label={t('host.tabs')}
        activeKey={tab}
        destroyOnHidden
        items={TABS.map((key) => ({ key, label: t(`host.tab.${key}`), children: contentOf(key, host) }))}
        onChange={(next) => {
          change(null);
          change({ tab: next === 'facts' ? '' : next });
        }}
      />
    </>
  );
}

function contentOf(tab: Tab, host: HostRow) {
  switch (tab) {
    case 'facts':
      return <HostFacts host={host} />;
    case 'pods':
      return <HostPods host={host} />;
    case 'life':
      return <HostLife host={host.name} />;
    case 'verdicts':
      return <HostVerdicts host={host.name} />;
    case 'inspection':
      return <HostInspections host={host.name} />;
    case 'operations':
      return <OperationTable host={host.name} />;
  }
}

function HostPods({ host }: { readonly host: HostRow }) {
  const { t } = useTranslation();
  return <PodList title={t('host.its-pods')} fixed={{ node: host.name }} inner />;
}
