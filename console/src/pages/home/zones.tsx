/** What each zone has and what is asked of it. */
import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { bytes, cores } from '../../parts/amounts.ts';
import { ShareBar } from '../../parts/share-bar.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import type { Overview, Zone } from './overview.ts';

const UNBROKEN = { whiteSpace: 'nowrap' } as const;

export default function Zones({ overview: { hosts, requested } }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const askedOf = (zone: Zone) => requested.find((row) => row.zone === zone.zone);
  return (
    <Table<Zone>
      size="small"
      rowKey={({ zone }) => zone ?? ''}
      dataSource={[...hosts]}
      pagination={hosts.length > 8 ? { pageSize: 8 } : false}
      columns={[
        {
          title: <span style={UNBROKEN}>{t('host.zone')}</span>,
          render: (_, { zone }) => <span style={UNBROKEN}>{zone ?? '–'}</span>,
        },
        {
          title: t('word.hosts'),
          render: (_, { hosts: all, ready }) => (
            <StateTag mood={ready === all ? 'good' : 'bad'}>{`${ready} / ${all}`}</StateTag>
          ),
        },
        {
          title: t('host.cpu'),
          render: (_, zone) => (
            <ShareBar used={askedOf(zone)?.cpu ?? 0} of={zone.cpu} show={cores} label={t('host.cpu')} />
          ),
        },
        {
          title: t('host.memory'),
          render: (_, zone) => (
            <ShareBar used={askedOf(zone)?.memory ?? 0} of={zone.memory} show={bytes} label={t('host.memory')} />
          ),
        },
      ]}
    />
  );
}
