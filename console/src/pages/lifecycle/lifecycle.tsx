/** 节点生命周期: hosts by where in their lives they are, and what may become of each. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Drawer, Input, Select, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Board } from '../../api/lifecycle.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { Told } from '../../parts/told.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { Column } from './column.tsx';
import { Moves } from './moves.tsx';

export default function Lifecycle() {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const query = useBoard(url.zone ?? '', url.search ?? '');
  return (
    <section>
      <PageTitle title={t('menu.lifecycle')}>
        <Input.Search
          key={url.search}
          allowClear
          aria-label={t('list.search')}
          placeholder={t('list.search')}
          defaultValue={url.search}
          style={{ width: 240 }}
          onSearch={(search) => change({ search: search.trim() })}
        />
        <Select
          aria-label={t('racks.zone')}
          style={{ minWidth: 140 }}
          value={url.zone ?? ''}
          options={[
            { value: '', label: t('racks.all-zones') },
            ...(query.data?.zones.filter(Boolean).map((zone) => ({ value: zone, label: zone })) ?? []),
          ]}
          onChange={(zone) => change({ zone })}
        />
      </PageTitle>
      <Told query={query}>
        {({ columns, unmanaged }) => (
          <>
            <div className="board">
              {columns.map((column) => (
                <Column key={column.status} column={column} onOpen={(host) => change({ host })} />
              ))}
            </div>
            {unmanaged > 0 && (
              <Typography.Paragraph type="secondary" style={{ marginTop: 12 }}>
                {t('life.unmanaged', { count: unmanaged })}
              </Typography.Paragraph>
            )}
          </>
        )}
      </Told>
      <Drawer
        open={url.host !== undefined}
        title={url.host}
        size={520}
        onClose={() => change({ host: '' })}
        destroyOnHidden
      >
        {url.host !== undefined && <Moves host={url.host} />}
      </Drawer>
    </section>
  );
}

function useBoard(zone: string, search: string) {
  const text = new URLSearchParams({ search, ...(zone && { zone }) }).toString();
  return useQuery({
    queryKey: ['lifecycle', text],
    queryFn: ({ signal }) => get<Board>(`/lifecycle?${text}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}
