/** 巡检计划: inspections by the clock. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm, Space, Switch, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, send } from '../../api/client.ts';
import type { Plan, PlanSpec } from '../../api/plans.ts';
import { useMe } from '../../api/session.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { Time } from '../../parts/time.tsx';
import { Told } from '../../parts/told.tsx';
import { useUndo } from '../../parts/undo.tsx';
import { InspectionPages } from './inspection-pages.tsx';
import { PlanForm } from './plan-form.tsx';

export const PLANS_KEY = ['inspection', 'plans'];

export default function Plans() {
  const { t } = useTranslation();
  const me = useMe();
  const [open, setOpen] = useState<Plan | 'new'>();
  const query = useQuery({
    queryKey: PLANS_KEY,
    queryFn: ({ signal }) => get<{ items: Plan[] }>('/inspection/plans', signal),
  });
  const mayChange = me?.role !== 'viewer';
  return (
    <section>
      <PageTitle title={t('inspection.plans')}>
        {mayChange && (
          <Button type="primary" onClick={() => setOpen('new')}>
            {t('plan.add')}
          </Button>
        )}
      </PageTitle>
      <InspectionPages />
      <Told query={query}>{({ items }) => <PlanTable items={items} mayChange={mayChange} onOpen={setOpen} />}</Told>
      {open && <PlanForm {...(open !== 'new' && { plan: open })} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

interface PlanTableProps {
  readonly items: readonly Plan[];
  readonly mayChange: boolean;
  readonly onOpen: (plan: Plan) => void;
}

function PlanTable({ items, mayChange, onOpen }: PlanTableProps) {
  const { t } = useTranslation();
  const { suspend, remove } = usePlanActs();
  return (
    <Table<Plan>
      size="small"
      rowKey="name"
      dataSource={[...items]}
      locale={{ emptyText: t('plan.none') }}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      columns={[
        {
          title: t('plan.name'),
          render: (_, { name }) => <Link to={`/inspection/trend?plan=${encodeURIComponent(name)}`}>{name}</Link>,
        },
        { title: t('plan.schedule'), render: (_, { spec }) => <code>{spec.schedule}</code> },
        { title: t('plan.timezone'), render: (_, { spec }) => spec.timezone ?? 'Asia/Shanghai' },
        {
          title: t('plan.hosts'),
          render: (_, { spec }) => spec.selector ?? spec.hosts?.join(', ') ?? t('plan.all-hosts'),
        },
        { title: t('plan.checks'), render: (_, { spec }) => spec.checks?.length ?? t('plan.all-checks') },
        { title: t('plan.next'), render: (_, { nextAt }) => <Time at={nextAt} /> },
        {
          title: t('plan.active'),
          render: (_, plan) => (
            <Switch
              aria-label={`${t('plan.active')} ${plan.name}`}
              checked={!plan.spec.suspended}
              disabled={!mayChange}
              onChange={(active) => suspend.mutate({ plan, suspended: !active })}
            />
          ),
        },
        ...(mayChange
          ? [
              {
                title: t('list.actions'),
                render: (_: unknown, plan: Plan) => (
                  <Space>
                    <Button size="small" onClick={() => onOpen(plan)}>
                      {t('plan.edit')}
                    </Button>
                    <Popconfirm
                      title={t('plan.remove-asked', { name: plan.name })}
                      onConfirm={() => remove.mutate(plan)}
                    >
                      <Button size="small" danger>
                        {t('plan.remove')}
                      </Button>
                    </Popconfirm>
                  </Space>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

export function savePlan(name: string, spec: PlanSpec, updatedAt: number): Promise<Plan> {
  return send('PUT', `/inspection/plans/${encodeURIComponent(name)}`, { spec, updatedAt });
}

function usePlanActs() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const undo = useUndo();
  const refresh = () => queries.invalidateQueries({ queryKey: PLANS_KEY });
  const common = { onError: (error: Error) => void message.error(error.message), onSettled: refresh };
  const suspend = useMutation({
    mutationFn: ({ plan, suspended }: { plan: Plan; suspended: boolean }) =>
      savePlan(plan.name, { ...plan.spec, suspended }, plan.updatedAt),
    ...common,
  });
  const remove = useMutation({
    mutationFn: ({ name }: Plan) => send('DELETE', `/inspection/plans/${encodeURIComponent(name)}`),
    onSuccess: (_, { name, spec }: Plan) =>
      undo(t('plan.removed', { name }), async () => {
        await savePlan(name, spec, 0);
        await refresh();
      }),
    ...common,
  });
  return { suspend, remove };
}
