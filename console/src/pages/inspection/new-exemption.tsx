/** Who is excused from which check, why and for how long, with whom it concerns shown before it holds. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Form, Input, InputNumber, Modal, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, send } from '../../api/client.ts';
import type { CheckName, Exemption, ExemptionReach } from '../../api/plans.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useUndo } from '../../parts/undo.tsx';

interface Values {
  readonly check: string;
  readonly aim: 'host' | 'selector';
  readonly host?: string;
  readonly selector?: string;
  readonly reason: string;
  readonly days: number;
}

interface NewExemptionProps {
  readonly begin: Partial<Values>;
  readonly onClose: () => void;
}

export function useChecks() {
  return useQuery({
    queryKey: ['checks'],
    queryFn: ({ signal }) => get<{ items: CheckName[] }>('/inspection/checks', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function NewExemption({ begin, onClose }: NewExemptionProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const values = Form.useWatch([], form) as Partial<Values> | undefined;
  const checks = useChecks();
  const make = useMake(onClose);
  const needed = { required: true, message: t('form.required') };
  return (
    <Modal
      open
      title={t('exempt.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('exempt.add')}
      confirmLoading={make.isPending}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ aim: 'host', days: 14, ...begin }}
        onFinish={(wish) => make.mutate(wishOf(wish))}
      >
        <Form.Item name="check" label={t('inspection.check')} rules={[needed]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={checks.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          />
        </Form.Item>
        <Form.Item name="aim" label={t('exempt.aim')}>
          <Radio.Group
            options={(['host', 'selector'] as const).map((value) => ({ value, label: t(`exempt.by-${value}`) }))}
          />
        </Form.Item>
        {values?.aim === 'selector' ? (
          <Form.Item name="selector" label={t('exempt.selector')} rules={[needed]}>
            <Input placeholder="jdos.jd.com/zone=gz-1" />
          </Form.Item>
        ) : (
          <Form.Item name="host" label={t('host.name')} rules={[needed]}>
            <Input />
          </Form.Item>
        )}
        <Form.Item name="reason" label={t('exempt.reason')} rules={[needed]}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item name="days" label={t('exempt.days')} rules={[needed]}>
          <InputNumber min={1} max={365} precision={0} />
        </Form.Item>
      </Form>
      <Reach values={values ?? {}} />
      {make.error && <RefusalAlert error={make.error} />}
    </Modal>
  );
}

function wishOf({ check, aim, host, selector, reason, days }: Values) {
  return { check, reason, days, ...(aim === 'host' ? { host } : { selector }) };
}

function Reach({ values: { check, aim, host, selector } }: { readonly values: Partial<Values> }) {
  const { t } = useTranslation();
  const whom = aim === 'selector' ? selector : host;
  const text = new URLSearchParams({ check: check ?? '', [aim ?? 'host']: whom ?? '' }).toString();
  const { data, error } = useQuery({
    queryKey: ['inspection', 'reach', text],
    queryFn: ({ signal }) => get<ExemptionReach>(`/inspection/exemptions/reach?${text}`, signal),
    enabled: Boolean(check && whom),
  });
  if (error) return <RefusalAlert error={error} />;
  if (data?.run === undefined) return null;
  const { hosts, failing, names } = data;
  return (
    <Alert
      type={hosts === 0 ? 'warning' : 'info'}
      showIcon
      title={t('exempt.reach', { hosts, failing })}
      description={names.length > 0 && t('exempt.reach-names', { names: names.join(', ') })}
    />
  );
}

function useMake(onDone: () => void) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const undo = useUndo();
  const refresh = () => queries.invalidateQueries({ queryKey: ['inspection', 'exemptions'] });
  return useMutation({
    mutationFn: (wish: ReturnType<typeof wishOf>) => send<Exemption>('POST', '/inspection/exemptions', wish),
    onSuccess: async ({ id }) => {
      onDone();
      undo(t('exempt.made', { id }), async () => {
        await send('POST', `/inspection/exemptions/${id}/end`);
        await refresh();
      });
      await refresh();
    },
  });
}
