/** How many more Pods of which size the hosts would take, and what would be left over in fragments. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Form, InputNumber, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Fit, FitPage } from '../../api/scheduling.ts';
import { bytes, cores } from '../../parts/amounts.ts';
import { ShareBar } from '../../parts/share-bar.tsx';
import { Told } from '../../parts/told.tsx';
import { useUrlState } from '../../parts/url-state.ts';

export function Fits() {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const own =
    url.cpu && url.memory ? `?cpu=${encodeURIComponent(url.cpu)}&memory=${encodeURIComponent(url.memory)}` : '';
  const query = useQuery({
    queryKey: ['fits', own],
    queryFn: ({ signal }) => get<FitPage>(`/scheduling/fit${own}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  return (
    <>
      <Form<{ cpu: number; memory: number }>
        layout="inline"
        initialValues={{ cpu: Number(url.cpu ?? 6), memory: Number(url.memory ?? 24) }}
        onFinish={({ cpu, memory }) => change({ cpu: String(cpu), memory: String(memory) })}
        style={{ marginBottom: 12 }}
      >
        <Form.Item name="cpu" label={t('scheduling.fit.own-cpu')} rules={[{ required: true }]}>
          <InputNumber min={0.01} max={10_000} />
        </Form.Item>
        <Form.Item name="memory" label={t('scheduling.fit.own-memory')} rules={[{ required: true }]}>
          <InputNumber min={0.01} max={10_000} />
        </Form.Item>
        <Button htmlType="submit">{t('scheduling.fit.ask')}</Button>
      </Form>
      <Told query={query}>{(page) => <FitTable page={page} />}</Told>
      <Typography.Text type="secondary">{t('scheduling.fit.explain')}</Typography.Text>
    </>
  );
}

function FitTable({ page: { free, items } }: { readonly page: FitPage }) {
  const { t } = useTranslation();
  const [cpu, memory] = [free.cpu ?? 0, free.memory ?? 0];
  return (
    <>
      <Typography.Paragraph>
        {t('scheduling.fit.free', {
          hosts: free.hosts,
          cpu: cores(cpu),
          memory: bytes(memory),
          mostCpu: cores(free.mostCpu ?? 0),
          mostMemory: bytes(free.mostMemory ?? 0),
        })}
      </Typography.Paragraph>
      <Table<Fit>
        size="small"
        rowKey={(fit) => `${fit.cpu}/${fit.memory}`}
        pagination={false}
        dataSource={[...items]}
        columns={[
          { title: t('scheduling.fit.size'), render: (_, fit) => `${cores(fit.cpu)} CPU · ${bytes(fit.memory)}` },
          { title: t('scheduling.fit.fits'), align: 'right', render: (_, fit) => fit.fits.toLocaleString() },
          { title: t('scheduling.fit.hosts'), align: 'right', render: (_, fit) => fit.hosts.toLocaleString() },
          {
            title: t('scheduling.fit.lost-cpu'),
            render: (_, fit) => (
              <ShareBar used={fit.lostCpu} of={cpu} show={cores} label={t('scheduling.fit.lost-cpu')} />
            ),
          },
          {
            title: t('scheduling.fit.lost-memory'),
            render: (_, fit) => (
              <ShareBar used={fit.lostMemory} of={memory} show={bytes} label={t('scheduling.fit.lost-memory')} />
            ),
          },
        ]}
      />
    </>
  );
}
