/** Whom a command would meet and in which stages, and only then the button that runs it. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Collapse, Form, Input, InputNumber, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { BatchPreview, BatchWish } from '../../api/batch.ts';
import { send } from '../../api/client.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useUrlState } from '../../parts/url-state.ts';

export function NewJob({ admin }: { readonly admin: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [url] = useUrlState();
  const [wish, setWish] = useState<BatchWish>();
  const [allowed, setAllowed] = useState(false);
  const preview = useMutation({
    mutationFn: (asked: BatchWish) => send<BatchPreview>('POST', '/batch/preview', asked),
  });
  const start = useMutation({
    mutationFn: (asked: BatchWish) => send<{ id: string }>('POST', '/batch', asked),
    onSuccess: ({ id }) => void navigate(`/batch/${id}`),
  });
  const look = ({ mostFailures, namespace, ...values }: BatchWish) => {
    const few = typeof mostFailures === 'number' ? { mostFailures } : {};
    const asked = { ...values, ...few, ...(namespace && { namespace }) };
    setWish(asked);
    setAllowed(false);
    preview.mutate(asked);
  };
  const { data } = preview;
  const ready = data && data.targets > 0 && (!data.danger || (admin && allowed));
  return (
    <Form<BatchWish>
      layout="vertical"
      initialValues={{ selector: url.selector ?? '', staged: true, concurrency: 50, timeoutSeconds: 60 }}
      onFinish={look}
      onValuesChange={() => preview.reset()}
    >
      <Fields />
      <Space>
        <Button htmlType="submit" loading={preview.isPending}>
          {t('batch.preview')}
        </Button>
        <Button
          type="primary"
          disabled={!ready}
          loading={start.isPending}
          onClick={() => wish && start.mutate({ ...wish, ...(data?.danger && { allowDangerous: allowed }) })}
        >
          {t('batch.start')}
        </Button>
      </Space>
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {preview.error && <RefusalAlert error={preview.error} />}
        {start.error && <RefusalAlert error={start.error} />}
        {data && <Consequences preview={data} />}
        {data?.danger && admin && (
          <Checkbox checked={allowed} onChange={({ target }) => setAllowed(target.checked)}>
            {t('batch.allow')}
          </Checkbox>
        )}
      </div>
    </Form>
  );
}

function Fields() {
  const { t } = useTranslation();
  const needed = { required: true, whitespace: true, message: t('form.required') };
  return (
    <>
      <Form.Item name="selector" label={t('batch.selector')} extra={t('batch.selector-advice')} rules={[needed]}>
        <Input placeholder="@shop/web" maxLength={500} />
      </Form.Item>
      <Form.Item name="namespace" label={t('batch.namespace')}>
        <Input style={{ maxWidth: 320 }} maxLength={63} />
      </Form.Item>
      <Form.Item name="command" label={t('batch.command')} rules={[needed]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 12 }} className="command" maxLength={10_000} />
      </Form.Item>
      <Form.Item name="staged" valuePropName="checked">
        <Checkbox>{t('batch.staged')}</Checkbox>
      </Form.Item>
      <Space size="large" wrap>
        <Form.Item name="concurrency" label={t('batch.concurrency')}>
          <InputNumber min={1} max={200} precision={0} />
        </Form.Item>
        <Form.Item name="timeoutSeconds" label={t('batch.timeout')}>
          <InputNumber min={1} max={3600} precision={0} />
        </Form.Item>
        <Form.Item name="mostFailures" label={t('batch.most-failures')}>
          <InputNumber min={0} max={5000} precision={0} />
        </Form.Item>
      </Space>
    </>
  );
}

function Consequences({ preview: { targets, mostFailures, stages, danger } }: { readonly preview: BatchPreview }) {
  const { t } = useTranslation();
  if (targets === 0) return <Alert type="warning" showIcon title={t('batch.meets-nobody')} />;
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <Alert
        type="info"
        showIcon
        title={t('batch.meets', { targets, most: mostFailures })}
        description={t('batch.no-undo')}
      />
      {danger && <Alert type="error" showIcon title={t('batch.danger', { danger })} />}
      <Collapse
        size="small"
        defaultActiveKey={['0']}
        items={stages.map((stage, i) => ({
          key: String(i),
          label: t('batch.stage', { stage: i + 1, targets: stage.targets }),
          children: (
            <ul className="plain columns">
              {stage.first.map(({ target, host }) => (
                <li key={target}>
                  {target} {host && host !== target && <small>{host}</small>}
                </li>
              ))}
              {stage.targets > stage.first.length && (
                <li>{t('batch.more', { count: stage.targets - stage.first.length })}</li>
              )}
            </ul>
          ),
        }))}
      />
    </Space>
  );
}
