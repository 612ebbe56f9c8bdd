/** 调度: how full every host is, what is left for which size of Pod, and who waits and why. */
import { Card, Drawer, Select, Space } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { PageTitle } from '../../parts/page-title.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { Explain } from './explain.tsx';
import { Fits } from './fits.tsx';
import { Pending } from './pending.tsx';

const Heat = lazy(() => import('./heat.tsx'));
const COLOURS = ['cpu', 'memory', 'pods'] as const;

export default function Scheduling() {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const colour = COLOURS.find((one) => one === url.colour) ?? 'cpu';
  return (
    <section>
      <PageTitle title={t('menu.scheduling')} />
      <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
        <Card
          title={<h2>{t('scheduling.heat')}</h2>}
          extra={
            <Space>
              <Link to={`/hosts?view=racks&colour=${colour}`}>{t('scheduling.heat.racks')}</Link>
              <Select
                aria-label={t('racks.colour')}
                style={{ minWidth: 140 }}
                value={colour}
                options={COLOURS.map((value) => ({ value, label: t(`racks.colour.${value}`) }))}
                onChange={(value) => change({ colour: value === 'cpu' ? '' : value })}
              />
            </Space>
          }
        >
          <Suspense fallback={<div style={{ height: 360 }} />}>
            <Heat colour={colour} />
          </Suspense>
        </Card>
        <Card title={<h2>{t('scheduling.fit')}</h2>}>
          <Fits />
        </Card>
        <Pending onExplain={(explain) => change({ explain })} />
      </Space>
      <Drawer
        open={url.explain !== undefined}
        title={url.explain}
        size={640}
        destroyOnHidden
        onClose={() => change({ explain: '' })}
      >
        {url.explain !== undefined && <Explain pod={url.explain} />}
      </Drawer>
    </section>
  );
}
