/** Pods, wherever a page shows some of them. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { PodRow } from '../../api/lists.ts';
import { bytes, cores } from '../../parts/amounts.ts';
import { ListPage } from '../../parts/list-page.tsx';
import { type Mood, StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';

interface PodListProps {
  readonly title: string;
  readonly fixed?: Readonly<Record<string, string>>;
  readonly inner?: boolean;
}

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

export function PodList({ title, fixed = {}, inner = false }: PodListProps) {
  const { t } = useTranslation();
  return (
    <ListPage
      list="pods"
      title={title}
      fixed={fixed}
      inner={inner}
      rowKey={(pod) => `${pod.cluster}/${pod.namespace}/${pod.name}`}
      filters={[{ column: 'phase', title: t('pod.state'), options: PHASES.map((value) => ({ value, label: value })) }]}
      columns={[
        {
          name: 'name',
          title: t('pod.name'),
          show: (pod) => <Link to={`/pods/${pod.namespace}/${pod.name}`}>{pod.name}</Link>,
        },
        { name: 'namespace', title: t('pod.namespace') },
        { name: 'phase', title: t('pod.state'), show: (pod) => <PodState pod={pod} /> },
        { name: 'ip', title: 'IP' },
        ...(fixed.node
          ? []
          : [
              {
                name: 'node' as const,
                title: t('pod.host'),
                show: (pod: PodRow) => pod.node && <Link to={`/hosts/${pod.node}`}>{pod.node}</Link>,
              },
            ]),
        { name: 'owner', title: t('pod.owner'), show: (pod) => pod.owner && `${pod.ownerKind}/${pod.owner}` },
        { name: 'restarts', title: t('pod.restarts'), align: 'right' },
        { name: 'cpuRequest', title: t('pod.cpu'), align: 'right', show: (pod) => cores(pod.cpuRequest ?? 0) },
        { name: 'memoryRequest', title: t('pod.memory'), align: 'right', show: (pod) => bytes(pod.memoryRequest ?? 0) },
        { name: 'createdAt', title: t('list.created'), show: (pod) => <Time at={pod.createdAt} /> },
      ]}
    />
  );
}

function PodState({ pod }: { readonly pod: PodRow }) {
  return <StateTag mood={moodOf(pod)}>{pod.reason ?? pod.phase ?? 'Unknown'}</StateTag>;
}

function moodOf({ phase, ready, reason }: PodRow): Mood {
  if (phase === 'Succeeded') return 'still';
  if (phase === 'Failed' || reason?.includes('BackOff') || reason?.includes('Err')) return 'bad';
  if (phase === 'Running') return ready ? 'good' : 'uneasy';
  return 'waiting';
}
