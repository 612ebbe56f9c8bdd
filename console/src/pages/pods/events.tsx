import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { EventFacts } from '../../api/pods.ts';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';

export function Events({ events }: { readonly events: readonly EventFacts[] }) {
  const { t } = useTranslation();
  return (
    <Table<EventFacts & { readonly key: number }>
      size="small"
      dataSource={events.map((event, key) => ({ ...event, key }))}
      locale={{ emptyText: t('pod.no-events') }}
      pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
      columns={[
        { title: t('audit.at'), dataIndex: 'at', render: (at: string) => <Time at={at} /> },
        {
          title: t('pod.event'),
          dataIndex: 'reason',
          render: (reason: string, { type }) => (
            <StateTag mood={type === 'Warning' ? 'uneasy' : 'good'}>{reason}</StateTag>
          ),
        },
        { title: t('pod.times'), dataIndex: 'count', align: 'right' },
        { title: t('pod.message'), dataIndex: 'message' },
        { title: t('pod.from'), dataIndex: 'from' },
      ]}
    />
  );
}
