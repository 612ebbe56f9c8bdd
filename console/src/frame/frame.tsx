/** What stands around every page: the menu, the search, who one is, and whether the server is there. */
import {
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  CodeOutlined,
  ContainerOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  FundOutlined,
  HddOutlined,
  HistoryOutlined,
  HomeOutlined,
  MailOutlined,
  SafetyCertificateOutlined,
  TeamOutlined,
  ToolOutlined,
} from '@ant-design/icons';
import { Alert, Layout, Menu } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { type Me, useSession } from '../api/session.ts';
import { useLiveStream } from '../api/stream.ts';
import { useServerState } from './server-state.ts';
import { TopBar } from './top-bar.tsx';

export function Frame({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const live = useLiveStream();
  const state = useServerState();
  const { expire } = useSession();
  useEffect(() => {
    if (state === 'expired') expire();
  });
  const place = `/${pathname
    .split('/')
    .slice(1, pathname.startsWith('/settings') ? 3 : 2)
    .join('/')}`;
  return (
    <Layout style={{ minHeight: '100vh' }}>
      <a className="skip" href="#page">
        {t('frame.skip')}
      </a>
      <Layout.Sider breakpoint="lg" collapsible theme="light" width={200}>
        <div className="brand">
          JDOS <small>HCMP</small>
        </div>
        <nav aria-label={t('frame.menu')}>
          <Menu mode="inline" selectedKeys={[place]} items={itemsFor(me, t)} />
        </nav>
      </Layout.Sider>
      <Layout>
        <TopBar me={me} />
        {(state === 'away' || !live) && <Alert banner type="warning" title={t('frame.away')} role="status" />}
        <Layout.Content id="page" className={state === 'away' ? 'page stale' : 'page'}>
          {children}
        </Layout.Content>
      </Layout>
    </Layout>
  );
}

function itemsFor(me: Me, t: ReturnType<typeof useTranslation>['t']) {
  const item = (key: string, label: string, icon: ReactNode) => ({ key, icon, label: <Link to={key}>{label}</Link> });
  const forAdmins = [
    item('/settings/mail', t('menu.mail'), <MailOutlined />),
    item('/settings/accounts', t('menu.accounts'), <TeamOutlined />),
    item('/settings/audit', t('menu.audit'), <AuditOutlined />),
  ];
  const settings = [
    item('/settings/budgets', t('menu.budgets'), <FundOutlined />),
    ...(me.role === 'admin' ? forAdmins : []),
  ];
  return [
    item('/', t('menu.home'), <HomeOutlined />),
    item('/inspection', t('menu.inspection'), <SafetyCertificateOutlined />),
    item('/maintenance', t('menu.maintenance'), <ToolOutlined />),
    item('/operations', t('menu.operations'), <HistoryOutlined />),
    item('/hosts', t('menu.hosts'), <HddOutlined />),
    item('/applications', t('menu.applications'), <AppstoreOutlined />),
    item('/pods', t('menu.pods'), <ContainerOutlined />),
    item('/lifecycle', t('menu.lifecycle'), <ApartmentOutlined />),
    item('/batch', t('menu.batch'), <CodeOutlined />),
    item('/scheduling', t('menu.scheduling'), <DashboardOutlined />),
    item('/sql', t('menu.sql'), <DatabaseOutlined />),
    { key: 'settings', type: 'group' as const, label: t('menu.settings'), children: settings },
  ];
}
