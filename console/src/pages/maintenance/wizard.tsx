/** What is wished, what it would mean, and only then the button that begins it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  Alert,
  Button,
  Checkbox,
  Form,
  Input,
  InputNumber,
  Modal,
  Radio,
  Select,
  Space,
  Table,
  Typography,
} from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { get, send } from '../../api/client.ts';
import type { AffectedApplication, Cause, Operation, Preview, Repair, Wish } from '../../api/maintenance.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';

interface WizardProps {
  readonly host: string;
  readonly address: string;
  readonly cause: Cause | 'other';
  readonly onClose: () => void;
}

type Values = Omit<Wish, 'host' | 'address'>;

export function Wizard({ host, address, cause, onClose }: WizardProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [wish, setWish] = useState<Wish>();
  const repairs = useQuery({
    queryKey: ['repairs'],
    queryFn: ({ signal }) => get<{ items: Repair[] }>('/maintenance/repairs', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const preview = useMutation({ mutationFn: (asked: Wish) => send<Preview>('POST', '/maintenance/preview', asked) });
  const start = useMutation({
    mutationFn: (asked: Wish) => send<Operation>('POST', '/maintenance', asked),
    onSuccess: ({ id }) => void navigate(`/operations/${id}`),
  });
  const look = (values: Values) => {
    const asked = { ...values, host, address };
    setWish(asked);
    preview.mutate(asked);
  };
  const begin = {
    kind: 'planned' as const,
    healthyMinutes: 10,
    ...(cause !== 'other' && { reason: cause.reason, repair: cause.repair }),
  };
  const ready = preview.data && preview.data.refusals.length === 0;
  return (
    <Modal
      open
      width={760}
      title={`${t('menu.maintenance')} · ${host}`}
      onCancel={onClose}
      footer={
        <Space>
          <Button onClick={onClose}>{t('maintenance.cancel')}</Button>
          <Button htmlType="submit" form="wish" loading={preview.isPending}>
            {t('maintenance.preview')}
          </Button>
          <Button type="primary" disabled={!ready} loading={start.isPending} onClick={() => wish && start.mutate(wish)}>
            {t('maintenance.start')}
          </Button>
        </Space>
      }
    >
      <Form<Values>
        id="wish"
        layout="vertical"
        initialValues={begin}
        onFinish={look}
        onValuesChange={() => preview.reset()}
      >
        <Form.Item
          name="reason"
          label={t('operation.reason')}
          rules={[{ required: true, message: t('form.required') }]}
        >
          <Input />
        </Form.Item>
        <Form.Item name="repair" label={t('operation.repair')} extra={t('maintenance.by-hand')}>
          <Select
            allowClear
            options={repairs.data?.items.map(({ name, text }) => ({ value: name, label: `${text} (${name})` })) ?? []}
          />
        </Form.Item>
        <Form.Item name="kind" label={t('operation.kind')}>
          <Radio.Group
            options={(['planned', 'emergency'] as const).map((value) => ({
              value,
              label: t(`operation.kind.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="healthyMinutes" label={t('maintenance.healthy')}>
          <InputNumber min={0} max={1440} />
        </Form.Item>
        <Form.Item name="emptyDir" valuePropName="checked">
          <Checkbox>{t('maintenance.empty-dir')}</Checkbox>
        </Form.Item>
      </Form>
      {preview.error && <RefusalAlert error={preview.error} />}
      {start.error && <RefusalAlert error={start.error} />}
      {preview.data && <Consequences preview={preview.data} />}
    </Modal>
  );
}

function Consequences({ preview: { drain, impact, refusals, approvals } }: { readonly preview: Preview }) {
  const { t } = useTranslation();
  const go = impact.pods.filter(({ act }) => act === 'evict').length;
  return (
    <Space orientation="vertical" style={{ width: '100%' }} aria-live="polite">
      {refusals.map((reason) => (
        <Alert key={reason} type="error" showIcon title={reason} />
      ))}
      {impact.blockers.map((reason) => (
        <Alert key={reason} type="warning" showIcon title={reason} />
      ))}
      {approvals.map((reason) => (
        <Alert key={reason} type="info" showIcon title={t('maintenance.needs-approval', { reason })} />
      ))}
      <Typography.Text>
        {drain
          ? t('maintenance.will-drain', { go, minutes: Math.ceil(impact.estimateMs / 60_000) })
          : t('maintenance.no-drain')}
      </Typography.Text>
      {drain && (
        <Table<AffectedApplication>
          size="small"
          rowKey={({ namespace, application }) => `${namespace}/${application}`}
          pagination={{ pageSize: 5, hideOnSinglePage: true }}
          dataSource={[...impact.applications]}
          columns={[
            { title: t('application.name'), render: (_, one) => `${one.namespace}/${one.application}` },
            { title: t('maintenance.owner'), dataIndex: 'owner' },
            {
              title: t('maintenance.pods'),
              align: 'right',
              render: (_, { pods, replicas }) => `${pods} / ${replicas}`,
            },
          ]}
        />
      )}
      <Typography.Text type="secondary">{t('maintenance.undo')}</Typography.Text>
    </Space>
  );
}
