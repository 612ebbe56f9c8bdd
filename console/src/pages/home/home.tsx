/** 首页: how the fleet fares, at a glance. */
import { Card, Col, Row, Skeleton, Statistic } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { bytes, cores } from '../../parts/amounts.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { ShareBar } from '../../parts/share-bar.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Told } from '../../parts/told.tsx';
import { whenIdle } from '../../parts/when-idle.ts';
import { BriefCard } from './brief-card.tsx';
import { BudgetCard } from './budget-card.tsx';
import { OperationsCard } from './operations-card.tsx';
import { type Overview, sumOf, useOverview } from './overview.ts';
import { ReleasesCard } from './releases-card.tsx';

/** The picture weighs as much as all else: it comes when the numbers are there and can be used. */
const Allocation = lazy(() => whenIdle().then(() => import('./allocation.tsx')));
const Zones = lazy(() => import('./zones.tsx'));

export default function Home() {
  const { t } = useTranslation();
  const query = useOverview();
  return (
    <section>
      <PageTitle title={t('menu.home')} />
      <Told query={query}>{(overview) => <Cards overview={overview} />}</Told>
    </section>
  );
}

function Cards({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} md={12} xl={6}>
        <HostCard overview={overview} />
      </Col>
      <Col xs={24} md={12} xl={6}>
        <PodCard overview={overview} />
      </Col>
      <Col xs={24} md={24} xl={12}>
        <CapacityCard overview={overview} />
      </Col>
      <Col xs={24} xl={12}>
        <BriefCard />
      </Col>
      <Col xs={24} xl={12}>
        <OperationsCard />
      </Col>
      <Col xs={24} xl={12}>
        <ReleasesCard />
      </Col>
      <Col xs={24} xl={12}>
        <BudgetCard />
      </Col>
      <Col xs={24} xl={12}>
        <Card title={<h2>{t('home.allocation')}</h2>}>
          <Suspense fallback={<Skeleton active />}>
            <Allocation allocation={overview.allocation} />
          </Suspense>
        </Card>
      </Col>
      <Col xs={24} xl={12}>
        <Card title={<h2>{t('home.zones')}</h2>}>
          <Suspense fallback={<Skeleton active />}>
            <Zones overview={overview} />
          </Suspense>
        </Card>
      </Col>
    </Row>
  );
}

function HostCard({ overview: { hosts } }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const all = sumOf(hosts, (zone) => zone.hosts);
  const away = all - sumOf(hosts, (zone) => zone.ready);
  const cordoned = sumOf(hosts, (zone) => zone.cordoned);
  return (
    <Card title={<h2>{t('word.hosts')}</h2>} extra={<Link to="/hosts">{t('home.all')}</Link>}>
      <Statistic title={t('home.in-all')} value={all} />
      {away === 0 && cordoned === 0 && <StateTag mood="good">{t('home.all-ready')}</StateTag>}
      {away > 0 && (
        <Link to="/hosts?ready=false">
          <StateTag mood="bad">{`${t('host.not-ready')} ${away}`}</StateTag>
        </Link>
      )}
      {cordoned > 0 && (
        <Link to="/hosts?unschedulable=true">
          <StateTag mood="uneasy">{`${t('host.cordoned')} ${cordoned}`}</StateTag>
        </Link>
      )}
    </Card>
  );
}

function PodCard({ overview: { pods, waiting } }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const of = (phase: string) =>
    sumOf(
      pods.filter((row) => row.phase === phase),
      (row) => row.pods,
    );
  const pending = of('Pending');
  const failed = of('Failed');
  return (
    <Card title={<h2>{t('word.pods')}</h2>} extra={<Link to="/pods">{t('home.all')}</Link>}>
      <Statistic title={t('home.running')} value={of('Running')} />
      {pending === 0 && failed === 0 && <StateTag mood="good">{t('home.none-waiting')}</StateTag>}
      {pending > 0 && (
        <Link to="/pods?phase=Pending">
          <StateTag mood="waiting">{`${t('home.pending')} ${pending}${waiting[0]?.reason ? ` (${waiting[0].reason})` : ''}`}</StateTag>
        </Link>
      )}
      {failed > 0 && (
        <Link to="/pods?phase=Failed">
          <StateTag mood="bad">{`${t('home.failed')} ${failed}`}</StateTag>
        </Link>
      )}
    </Card>
  );
}

function CapacityCard({ overview: { hosts, requested } }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const line = (label: string, of: 'cpu' | 'memory' | 'pods', show: (amount: number) => string) => (
    <div className="capacity">
      <span>{label}</span>
      <ShareBar
        label={label}
        used={sumOf(requested, (row) => row[of])}
        of={sumOf(hosts, (row) => row[of])}
        show={show}
      />
    </div>
  );
  return (
    <Card title={<h2>{t('home.capacity')}</h2>}>
      {line(t('host.cpu'), 'cpu', cores)}
      {line(t('host.memory'), 'memory', bytes)}
      {line(t('host.pods'), 'pods', String)}
    </Card>
  );
}
