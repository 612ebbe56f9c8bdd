/** Racks as they stand in a room: a column a rack, a place a host, coloured by what is asked about. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Flex, Pagination, Select, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { RackPage } from '../../api/hosts.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { Told } from '../../parts/told.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { COLOURS, colourNamed } from './rack-colour.ts';
import { Legend, RackColumn } from './rack-column.tsx';

const SIZE = 24;

export function Racks({ extra }: { readonly extra: ReactNode }) {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const page = Number(url.page ?? 1);
  const colour = colourNamed(url.colour);
  const query = useRacks(url.zone, page);
  const zones = query.data?.zones ?? [];
  const shown = zones.filter(({ zone }) => url.zone === undefined || zone === url.zone);
  const [racks, hosts] = (['racks', 'hosts'] as const).map((of) => shown.reduce((sum, zone) => sum + zone[of], 0));
  return (
    <section>
      <PageTitle title={t('menu.hosts')}>
        {extra}
        <Select
          aria-label={t('racks.zone')}
          style={{ minWidth: 140 }}
          value={url.zone ?? ''}
          options={[
            { value: '', label: t('racks.all-zones') },
            ...zones.map(({ zone }) => ({ value: zone, label: zone || '–' })),
          ]}
          onChange={(zone) => change({ zone, page: '' })}
        />
        <Select
          aria-label={t('racks.colour')}
          style={{ minWidth: 140 }}
          value={colour}
          options={COLOURS.map((value) => ({ value, label: t(`racks.colour.${value}`) }))}
          onChange={(value) => change({ colour: value === 'state' ? '' : value })}
        />
      </PageTitle>
      <Flex justify="space-between" align="center" wrap gap="small" style={{ marginBottom: 12 }}>
        <Typography.Text type="secondary">{t('racks.counts', { racks, hosts })}</Typography.Text>
        <Legend colour={colour} />
      </Flex>
      <Told query={query} empty={t('racks.none')} isEmpty={({ items }) => items.length === 0}>
        {({ items, levels }) => (
          <div className="racks">
            {items.map((rack) => (
              <RackColumn key={`${rack.zone}/${rack.rack}`} rack={rack} levels={levels} colour={colour} />
            ))}
          </div>
        )}
      </Told>
      <Pagination
        style={{ marginTop: 16 }}
        align="end"
        hideOnSinglePage
        showSizeChanger={false}
        current={page}
        pageSize={SIZE}
        total={racks ?? 0}
        onChange={(next) => change({ page: next === 1 ? '' : String(next) })}
      />
    </section>
  );
}

function useRacks(zone: string | undefined, page: number) {
  const text = new URLSearchParams({ page: String(page), pageSize: String(SIZE), ...(zone !== undefined && { zone }) });
  return useQuery({
    queryKey: ['list', 'hosts', 'racks', text.toString()],
    queryFn: ({ signal }) => get<RackPage>(`/racks?${text}`, signal),
    placeholderData: keepPreviousData,
  });
}
