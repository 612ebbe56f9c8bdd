/** A plan is made or changed; when it would run is shown while it is written. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Form, Input, InputNumber, Modal, Select, Space, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Plan, PlanSpec } from '../../api/plans.ts';
import { Problem } from '../../api/problem.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useUndo } from '../../parts/undo.tsx';
import { currentLanguage } from '../../words/index.ts';
import { useChecks } from './new-exemption.tsx';
import { PLANS_KEY, savePlan } from './plans.tsx';

type Values = PlanSpec & { readonly name: string };

const PRESETS = { hourly: '0 * * * *', daily: '0 8 * * *', workdays: '0 8 * * 1-5', weekly: '0 8 * * 1' } as const;
const ZONES = ['Asia/Shanghai', 'UTC'];
const BEGIN = { schedule: PRESETS.daily, timezone: 'Asia/Shanghai', timeoutSeconds: 600, keep: 90 };

interface PlanFormProps {
  /** Missing for a new one. */
  readonly plan?: Plan;
  readonly onClose: () => void;
}

export function PlanForm({ plan, onClose }: PlanFormProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const checks = useChecks();
  const [seen, setSeen] = useState(plan);
  const save = useSave(plan, seen, onClose);
  const overtaken = save.error instanceof Problem && save.error.code === 'conflict';
  const latest = useLatest(overtaken && plan ? plan.name : undefined);
  if (overtaken && latest && latest.updatedAt !== seen?.updatedAt) {
    setSeen(latest);
    form.setFieldsValue(latest.spec);
  }
  const needed = { required: true, message: t('form.required') };
  return (
    <Modal
      open
      title={t(plan ? 'plan.change' : 'plan.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('plan.save')}
      confirmLoading={save.isPending}
    >
      {overtaken && plan && <Alert type="warning" showIcon title={t('plan.conflict')} />}
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ ...BEGIN, ...plan?.spec, name: plan?.name }}
        onFinish={(values) => save.mutate(values)}
      >
        <Form.Item name="name" label={t('plan.name')} extra={t('plan.name-rule')} rules={[needed]}>
          <Input disabled={plan !== undefined} maxLength={63} />
        </Form.Item>
        <Form.Item label={t('plan.schedule')} htmlFor="schedule" required>
          <Space.Compact style={{ width: '100%' }}>
            <Form.Item name="schedule" noStyle rules={[needed]}>
              <Input id="schedule" />
            </Form.Item>
            <Select
              aria-label={t('plan.preset')}
              placeholder={t('plan.preset')}
              style={{ minWidth: 180 }}
              value={null}
              options={Object.entries(PRESETS).map(([name, value]) => ({
                value,
                label: t(`plan.preset.${name as keyof typeof PRESETS}`),
              }))}
              onChange={(schedule: string) => form.setFieldsValue({ schedule })}
            />
          </Space.Compact>
        </Form.Item>
        <Form.Item name="timezone" label={t('plan.timezone')}>
          <Select showSearch options={[...new Set([...ZONES, own()])].map((value) => ({ value, label: value }))} />
        </Form.Item>
        <NextTimes schedule={Form.useWatch('schedule', form)} timezone={Form.useWatch('timezone', form)} />
        <Form.Item name="selector" label={`${t('plan.hosts')} (${t('exempt.selector')})`}>
          <Input placeholder={t('plan.all-hosts')} />
        </Form.Item>
        <Form.Item name="checks" label={t('plan.checks')}>
          <Select
            mode="multiple"
            allowClear
            placeholder={t('plan.all-checks')}
            options={checks.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          />
        </Form.Item>
        <Space size="large">
          <Form.Item name="timeoutSeconds" label={t('plan.timeout')}>
            <InputNumber min={10} max={86_400} precision={0} />
          </Form.Item>
          <Form.Item name="mail" label={t('plan.mail')} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item name="keep" label={t('plan.keep')}>
            <InputNumber min={1} max={1000} precision={0} />
          </Form.Item>
        </Space>
      </Form>
      {save.error && !(overtaken && plan) && <RefusalAlert error={save.error} />}
    </Modal>
  );
}

function own(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What somebody else has saved meanwhile. */
function useLatest(name: string | undefined): Plan | undefined {
  const { data } = useQuery({
    queryKey: [...PLANS_KEY, 'again', name],
    queryFn: ({ signal }) => get<{ items: Plan[] }>('/inspection/plans', signal),
    enabled: name !== undefined,
    staleTime: 0,
  });
  return data?.items.find((plan) => plan.name === name);
}

function NextTimes({ schedule, timezone }: { readonly schedule?: string; readonly timezone?: string }) {
  const { t } = useTranslation();
  const text = new URLSearchParams({ schedule: schedule ?? '', ...(timezone && { timezone }) }).toString();
  const { data, error } = useQuery({
    queryKey: ['inspection', 'times', text],
    queryFn: ({ signal }) => get<{ items: number[] }>(`/inspection/plans/times?${text}`, signal),
    enabled: Boolean(schedule),
  });
  const format = new Intl.DateTimeFormat(currentLanguage(), {
    dateStyle: 'short',
    timeStyle: 'short',
    ...(timezone && { timeZone: timezone }),
  });
  if (error) return <RefusalAlert error={error} />;
  if (!data) return null;
  const times = data.items.map((at) => format.format(at));
  return (
    <Alert type="info" title={t('plan.next-times')} description={times.join(' · ')} style={{ marginBottom: 16 }} />
  );
}

function useSave(plan: Plan | undefined, seen: Plan | undefined, onDone: () => void) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const undo = useUndo();
  const refresh = () => queries.invalidateQueries({ queryKey: PLANS_KEY });
  return useMutation({
    mutationFn: ({ name, ...spec }: Values) => savePlan(name, { ...seen?.spec, ...spec }, seen?.updatedAt ?? 0),
    onSuccess: async (saved) => {
      onDone();
      if (seen && plan)
        undo(t('plan.saved', { name: saved.name }), async () => {
          await savePlan(saved.name, seen.spec, saved.updatedAt);
          await refresh();
        });
      await refresh();
    },
  });
}
