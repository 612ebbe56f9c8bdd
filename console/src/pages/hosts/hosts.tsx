/** 物理机查询: hosts by IP, name, zone, rack and state, as a list or as they stand in their racks. */
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useUrlState } from '../../parts/url-state.ts';
import { HostList } from './host-list.tsx';
import { Racks } from './racks.tsx';

export default function Hosts() {
  const [url] = useUrlState();
  return url.view === 'racks' ? <Racks extra={<Views />} /> : <HostList extra={<Views />} />;
}

/** What was asked of the one view means nothing to the other. */
function Views() {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  return (
    <Segmented
      aria-label={t('racks.view')}
      value={url.view === 'racks' ? 'racks' : 'list'}
      options={(['list', 'racks'] as const).map((value) => ({ value, label: t(`racks.${value}`) }))}
      onChange={(view) => {
        change(null);
        if (view === 'racks') change({ view });
      }}
    />
  );
}
