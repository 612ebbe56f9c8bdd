/** 应用查询: whatever keeps Pods for somebody. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ListPage } from '../../parts/list-page.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { linkTo } from './application-row.ts';

const KINDS = ['Group', 'Deployment', 'StatefulSet', 'DaemonSet'];

export default function Applications() {
  const { t } = useTranslation();
  return (
    <ListPage
      list="applications"
      title={t('menu.applications')}
      rowKey={(row) => `${row.cluster}/${row.namespace}/${row.kind}/${row.name}`}
      filters={[
        { column: 'kind', title: t('application.kind'), options: KINDS.map((value) => ({ value, label: value })) },
      ]}
      columns={[
        { name: 'name', title: t('application.name'), show: (row) => <Link to={linkTo(row)}>{row.name}</Link> },
        { name: 'namespace', title: t('pod.namespace') },
        { name: 'owner', title: t('application.owner'), show: ({ owner }) => owner || '–' },
        { name: 'kind', title: t('application.kind') },
        {
          name: 'missing',
          title: t('application.state'),
          show: ({ missing, ready, wished }) => (
            <StateTag mood={missing <= 0 ? 'good' : ready === 0 ? 'bad' : 'uneasy'}>{`${ready} / ${wished}`}</StateTag>
          ),
        },
        { name: 'updated', title: t('application.updated'), align: 'right' },
        {
          name: 'release',
          title: t('application.release'),
          show: ({ namespace, release }) => release && <Link to={`/releases/${namespace}/${release}`}>{release}</Link>,
        },
        { name: 'createdAt', title: t('list.created'), show: ({ createdAt }) => <Time at={createdAt} /> },
      ]}
    />
  );
}
