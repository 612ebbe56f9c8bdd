/** What a name, an address or an id may mean: hosts, applications and containers that have it. */
import { Card, Empty, List, Space, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useList } from '../../api/lists.ts';

/** What the lists have in common, and what some of them have. */
interface Found {
  readonly name: string;
  readonly namespace?: string;
  readonly ip?: string | null;
  readonly node?: string | null;
  readonly kind?: string;
}

const FIRST = 8;

export default function Search() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const text = params.get('q') ?? '';
  const query = { search: text, pageSize: FIRST };
  const hosts = useList('hosts', query);
  const applications = useList('applications', query);
  const pods = useList('pods', query);
  const nothing = [hosts, applications, pods].every(({ data }) => data?.total === 0);
  const encoded = encodeURIComponent(text);
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
        {t('search.title', { text })}
      </Typography.Title>
      {nothing && <Empty description={t('list.none-found')} />}
      <Group
        title={t('word.hosts')}
        found={hosts.data}
        to={`/hosts?search=${encoded}`}
        link={({ name }) => `/hosts/${name}`}
      />
      <Group
        title={t('menu.applications')}
        found={applications.data}
        to={`/applications?search=${encoded}`}
        link={({ kind, namespace, name }) => `/applications/${kind}/${namespace}/${name}`}
      />
      <Group
        title={t('word.pods')}
        found={pods.data}
        to={`/pods?search=${encoded}`}
        link={({ namespace, name }) => `/pods/${namespace}/${name}`}
      />
    </Space>
  );
}

interface GroupProps {
  readonly title: string;
  readonly found: { readonly items: readonly Found[]; readonly total: number } | undefined;
  readonly to: string;
  readonly link: (one: Found) => string;
}

function Group({ title, found, to, link }: GroupProps) {
  const { t } = useTranslation();
  if (!found || found.total === 0) return null;
  return (
    <Card size="small" title={<h2>{`${title} ${found.total}`}</h2>} extra={<Link to={to}>{t('home.all')}</Link>}>
      <List
        size="small"
        dataSource={[...found.items]}
        renderItem={(one) => (
          <List.Item>
            <Link to={link(one)}>{one.name}</Link>
            <Typography.Text type="secondary">
              {[one.kind, one.namespace, one.ip, one.node].filter(Boolean).join(' · ')}
            </Typography.Text>
          </List.Item>
        )}
      />
    </Card>
  );
}
