/** 应用查询: whatever keeps Pods for somebody. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ListPage } from '../../parts/list-page.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';

interface ApplicationRow {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly wished: number;
  readonly ready: number;
  readonly updated: number;
  readonly missing: number;
  readonly createdAt: string;
}

const KINDS = ['Group', 'Deployment', 'StatefulSet', 'DaemonSet'];

export default function Applications() {
  const { t } = useTranslation();
  return (
    <ListPage<ApplicationRow>
      list="applications"
      title={t('menu.applications')}
      rowKey={(row) => `${row.cluster}/${row.namespace}/${row.kind}/${row.name}`}
      filters={[
        { column: 'kind', title: t('application.kind'), options: KINDS.map((value) => ({ value, label: value })) },
      ]}
      columns={[
        {
          name: 'name',
          title: t('application.name'),
          show: ({ name }) => <Link to={`/pods?search=${encodeURIComponent(name)}`}>{name}</Link>,
        },
        { name: 'namespace', title: t('pod.namespace') },
        { name: 'kind', title: t('application.kind') },
        {
          name: 'missing',
          title: t('application.state'),
          show: ({ missing, ready, wished }) => (
            <StateTag mood={missing <= 0 ? 'good' : ready === 0 ? 'bad' : 'uneasy'}>{`${ready} / ${wished}`}</StateTag>
          ),
        },
        { name: 'updated', title: t('application.updated'), align: 'right' },
        { name: 'createdAt', title: t('list.created'), show: ({ createdAt }) => <Time at={createdAt} /> },
      ]}
    />
  );
}
