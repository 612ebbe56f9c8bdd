/** 预算: how many hosts may be in maintenance, by which rules, and the switch that stops all of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Form, Input, InputNumber, Modal, Space, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  BUDGETS_KEY,
  type BudgetRules,
  type Budgets as Facts,
  useBudgets,
  type ZoneBudget,
} from '../../api/budgets.ts';
import { send } from '../../api/client.ts';
import { useMe } from '../../api/session.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Told } from '../../parts/told.tsx';
import { useUndo } from '../../parts/undo.tsx';

export default function Budgets() {
  const { t } = useTranslation();
  const me = useMe();
  const query = useBudgets();
  return (
    <section>
      <PageTitle title={t('budget.title')}>
        {me?.role !== 'viewer' && query.data && <Stop stopped={query.data.stopped} />}
      </PageTitle>
      <Told query={query}>
        {({ zones, rules, stopped }) => (
          <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
            {stopped && <Alert type="error" showIcon title={t('budget.stopped', stopped)} />}
            <ZoneTable zones={zones} />
            <Card title={<h2>{t('budget.rules')}</h2>}>
              <Rules key={JSON.stringify(rules)} rules={rules} mayChange={me?.role === 'admin'} />
            </Card>
          </Space>
        )}
      </Told>
    </section>
  );
}

function ZoneTable({ zones }: { readonly zones: readonly ZoneBudget[] }) {
  const { t } = useTranslation();
  return (
    <Table<ZoneBudget>
      size="small"
      rowKey="zone"
      dataSource={[...zones]}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      columns={[
        { title: t('host.zone'), render: (_, { zone }) => zone || '–' },
        { title: t('budget.ready'), align: 'right', render: (_, { ready, hosts }) => `${ready} / ${hosts}` },
        { title: t('budget.held'), dataIndex: 'held', align: 'right' },
        { title: t('budget.most'), dataIndex: 'most', align: 'right' },
        {
          title: t('budget.left'),
          render: (_, { left, healthy }) => (
            <StateTag mood={left > 0 ? 'good' : healthy ? 'uneasy' : 'bad'}>
              {healthy ? String(left) : t('budget.unhealthy')}
            </StateTag>
          ),
        },
      ]}
    />
  );
}

interface RulesProps {
  readonly rules: BudgetRules;
  readonly mayChange: boolean;
}

/** Shares are written in per cent. */
function Rules({ rules, mayChange }: RulesProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const undo = useUndo();
  const refresh = () => queries.invalidateQueries({ queryKey: BUDGETS_KEY });
  const save = useMutation({
    mutationFn: (next: BudgetRules) => send('PUT', '/budgets', next),
    onSuccess: () =>
      undo(t('budget.saved'), async () => {
        await send('PUT', '/budgets', rules);
        await refresh();
      }),
    onError: (error) => message.error(error.message),
    onSettled: refresh,
  });
  const field = (name: string, label: string, most: number, least = 0) => (
    <Form.Item name={name} label={label} rules={[{ required: true, message: t('form.required') }]}>
      <InputNumber min={least} max={most} />
    </Form.Item>
  );
  return (
    <Form<BudgetRules>
      layout="vertical"
      disabled={!mayChange}
      initialValues={{ ...rules, zoneShare: percentOf(rules.zoneShare), zoneHealthy: percentOf(rules.zoneHealthy) }}
      onFinish={({ perRack, zoneShare, zoneHealthy }) =>
        save.mutate({ perRack, zoneShare: zoneShare / 100, zoneHealthy: zoneHealthy / 100 })
      }
    >
      {field('perRack', t('budget.per-rack'), 100, 1)}
      {field('zoneShare', t('budget.zone-share'), 100)}
      {field('zoneHealthy', t('budget.zone-healthy'), 100)}
      {mayChange ? (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('budget.save')}
        </Button>
      ) : (
        <Alert type="info" showIcon title={t('budget.admin')} />
      )}
    </Form>
  );
}

function percentOf(share: number): number {
  return Math.round(share * 1000) / 10;
}

function Stop({ stopped }: Pick<Facts, 'stopped'>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: BUDGETS_KEY });
  const turn = useMutation({
    mutationFn: (wish: { on: boolean; reason: string }) => send('PUT', '/budgets/stop', wish),
    onSuccess: () => setAsking(false),
    onError: (error) => message.error(error.message),
    onSettled: refresh,
  });
  if (stopped)
    return (
      <Button loading={turn.isPending} onClick={() => turn.mutate({ on: false, reason: t('budget.resumed') })}>
        {t('budget.resume')}
      </Button>
    );
  return (
    <>
      <Button danger onClick={() => setAsking(true)}>
        {t('budget.stop')}
      </Button>
      {asking && (
        <Modal
          open
          title={t('budget.stop')}
          okText={t('budget.stop')}
          okType="default"
          okButtonProps={{ danger: true, htmlType: 'submit', form: 'stop', loading: turn.isPending }}
          onCancel={() => setAsking(false)}
        >
          <p>{t('budget.stop-asked')}</p>
          <Form<{ reason: string }>
            id="stop"
            layout="vertical"
            onFinish={({ reason }) => turn.mutate({ on: true, reason })}
          >
            <Form.Item
              name="reason"
              label={t('budget.reason')}
              rules={[{ required: true, whitespace: true, message: t('form.required') }]}
            >
              <Input maxLength={500} />
            </Form.Item>
          </Form>
        </Modal>
      )}
    </>
  );
}
