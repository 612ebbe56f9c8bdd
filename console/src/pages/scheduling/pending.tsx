import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { bytes, cores } from '../../parts/amounts.ts';
import { ListPage } from '../../parts/list-page.tsx';
import { Time } from '../../parts/time.tsx';

export function Pending({ onExplain }: { readonly onExplain: (pod: string) => void }) {
  const { t } = useTranslation();
  return (
    <ListPage
      list="pending"
      title={t('scheduling.pending')}
      inner
      rowKey={(pod) => `${pod.cluster}/${pod.namespace}/${pod.name}`}
      columns={[
        {
          name: 'reason',
          title: t('list.actions'),
          sortable: false,
          show: (pod) => (
            <Button size="small" onClick={() => onExplain(`${pod.namespace}/${pod.name}`)}>
              {t('scheduling.explain')}
            </Button>
          ),
        },
        { name: 'name', title: t('pod.name') },
        { name: 'namespace', title: t('pod.namespace') },
        {
          name: 'message',
          title: t('scheduling.message'),
          show: (pod) => <div style={{ maxWidth: 420, whiteSpace: 'normal' }}>{pod.message || '–'}</div>,
        },
        { name: 'cpuRequest', title: t('pod.cpu'), align: 'right', show: (pod) => cores(pod.cpuRequest ?? 0) },
        { name: 'memoryRequest', title: t('pod.memory'), align: 'right', show: (pod) => bytes(pod.memoryRequest ?? 0) },
        { name: 'priority', title: t('scheduling.priority'), align: 'right' },
        { name: 'scheduler', title: t('scheduling.scheduler') },
        { name: 'createdAt', title: t('list.created'), show: (pod) => <Time at={pod.createdAt} /> },
      ]}
    />
  );
}
