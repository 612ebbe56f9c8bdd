/** Why a Pod waits, or why it would go where it would: what every host says of it. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Result, Space, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import type { ExplanationPage } from '../../api/scheduling.ts';
import { Told } from '../../parts/told.tsx';

export function Explain({ pod }: { readonly pod: string }) {
  const { t } = useTranslation();
  const [namespace = '', name = ''] = pod.split('/');
  const query = useQuery({
    queryKey: ['explain', pod],
    queryFn: ({ signal }) =>
      get<ExplanationPage>(
        `/scheduling/explain?namespace=${encodeURIComponent(namespace)}&pod=${encodeURIComponent(name)}`,
        signal,
      ),
    staleTime: 0,
  });
  if (query.error instanceof Problem && query.error.code === 'not-found')
    return <Result status="404" title={t('scheduling.explain.gone')} />;
  return <Told query={query}>{(page) => <Explanation page={page} />}</Told>;
}

function Explanation({ page }: { readonly page: ExplanationPage }) {
  const { t } = useTranslation();
  const { hosts, everywhere, reasons, fits, fit, refused } = page;
  const told = fits > 0 ? t('scheduling.explain.fits', { fits, hosts }) : t('scheduling.explain.none', { hosts });
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <Alert
        type={fits > 0 ? 'success' : 'warning'}
        showIcon
        title={everywhere.length > 0 ? everywhere.join(t('list.comma')) : told}
      />
      {reasons.length > 0 && (
        <section>
          <Typography.Title level={3} style={{ fontSize: 15 }}>
            {t('scheduling.explain.reasons')}
          </Typography.Title>
          <Table
            size="small"
            rowKey="reason"
            pagination={false}
            dataSource={[...reasons]}
            columns={[
              { title: t('scheduling.message'), dataIndex: 'reason' },
              { title: t('inspection.hosts'), dataIndex: 'hosts', align: 'right' },
            ]}
          />
        </section>
      )}
      {fit.length > 0 && <Best fit={fit} />}
      {refused.length > 0 && (
        <section>
          <Typography.Title level={3} style={{ fontSize: 15 }}>
            {t('scheduling.explain.refused')}
          </Typography.Title>
          <Table
            size="small"
            rowKey="node"
            pagination={{ pageSize: 10, hideOnSinglePage: true }}
            dataSource={[...refused]}
            columns={[
              { title: t('host.name'), render: (_, { node }) => <Link to={`/hosts/${node}`}>{node}</Link> },
              { title: t('scheduling.message'), render: (_, one) => one.reasons.join(t('list.comma')) },
            ]}
          />
        </section>
      )}
    </Space>
  );
}

function Best({ fit }: Pick<ExplanationPage, 'fit'>) {
  const { t } = useTranslation();
  return (
    <section>
      <Typography.Title level={3} style={{ fontSize: 15 }}>
        {t('scheduling.explain.best')}
      </Typography.Title>
      <Table
        size="small"
        rowKey="node"
        pagination={{ pageSize: 5, hideOnSinglePage: true }}
        dataSource={[...fit]}
        columns={[
          { title: t('host.name'), render: (_, { node }) => <Link to={`/hosts/${node}`}>{node}</Link> },
          { title: t('scheduling.explain.total'), dataIndex: 'total', align: 'right' },
          {
            title: t('scheduling.explain.scores'),
            render: (_, { scores }) =>
              scores
                .filter(({ normalized }) => normalized !== 0)
                .map(({ plugin, normalized, weight }) => `${plugin} ${normalized} × ${weight}`)
                .join(t('list.comma')),
          },
        ]}
      />
    </section>
  );
}
