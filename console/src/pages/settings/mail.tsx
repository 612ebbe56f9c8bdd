/** 邮件: who is written to, by which server; and a letter to try it with. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Form, Input, InputNumber, Radio, Space, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, send } from '../../api/client.ts';
import type { MailPage, MailSettings, TestOutcome } from '../../api/maintenance.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Told } from '../../parts/told.tsx';

const KEY = ['settings', 'mail'];

export default function Mail() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<MailPage>('/settings/mail', signal) });
  return (
    <section>
      <PageTitle title={t('menu.mail')} />
      <Told query={query}>
        {({ settings, passwordSet }) => (
          <Space orientation="vertical" size="middle" style={{ width: '100%', maxWidth: 720 }}>
            <SettingsForm key={JSON.stringify(settings)} settings={settings} passwordSet={passwordSet} />
            {settings && <TestMail to={settings.to[0] ?? settings.from} />}
          </Space>
        )}
      </Told>
    </section>
  );
}

type Values = Omit<MailSettings, 'to' | 'owners'> & { readonly to: string; readonly owners: string };

function SettingsForm({ settings, passwordSet }: MailPage) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (values: Values) => send('PUT', '/settings/mail', settingsOf(values)),
    onSuccess: () => message.success(t('mail.saved')),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const needed = { required: true, message: t('form.required') };
  return (
    <Card>
      <Form<Values> layout="vertical" initialValues={valuesOf(settings)} onFinish={(values) => save.mutate(values)}>
        <Space size="large" wrap>
          <Form.Item name="host" label={t('mail.server')} rules={[needed]}>
            <Input placeholder="smtp.example.com" style={{ width: 320 }} />
          </Form.Item>
          <Form.Item name="port" label={t('mail.port')} rules={[needed]}>
            <InputNumber min={1} max={65_535} precision={0} />
          </Form.Item>
        </Space>
        <Form.Item name="secure" label={t('mail.secure')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="user" label={t('mail.user')}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item label={t('mail.password')}>
          <Alert
            type={passwordSet ? 'success' : 'info'}
            showIcon
            title={t(passwordSet ? 'mail.password-set' : 'mail.password-unset')}
          />
        </Form.Item>
        <Form.Item name="from" label={t('mail.from')} rules={[needed]}>
          <Input placeholder="jdos@example.com" />
        </Form.Item>
        <Form.Item name="to" label={t('mail.to')} extra={t('mail.to-advice')}>
          <Input.TextArea autoSize={{ minRows: 2 }} />
        </Form.Item>
        <Form.Item name="owners" label={t('mail.owners')} extra={t('mail.owners-advice')}>
          <Input.TextArea autoSize={{ minRows: 2 }} />
        </Form.Item>
        <Form.Item name="language" label={t('mail.language')}>
          <Radio.Group
            options={(['zh', 'en'] as const).map((value) => ({ value, label: t(`mail.language.${value}`) }))}
          />
        </Form.Item>
        {save.error && <RefusalAlert error={save.error} />}
        <Button type="primary" htmlType="submit" loading={save.isPending} style={{ marginTop: 12 }}>
          {t('mail.save')}
        </Button>
      </Form>
    </Card>
  );
}

function valuesOf(settings: MailSettings | null): Partial<Values> {
  if (!settings) return { port: 25, secure: false, language: 'zh', to: '', owners: '' };
  const owners = Object.entries(settings.owners).map(([name, address]) => `${name}=${address}`);
  return { ...settings, to: settings.to.join('\n'), owners: owners.join('\n') };
}

function settingsOf({ to, owners, user, ...rest }: Values): MailSettings {
  const lines = (text = '') =>
    text
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter(Boolean);
  const pairs = lines(owners).map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()] as const;
  });
  return { ...rest, ...(user && { user }), to: lines(to), owners: Object.fromEntries(pairs) };
}

function TestMail({ to: first }: { readonly to: string }) {
  const { t } = useTranslation();
  const test = useMutation({
    mutationFn: ({ to }: { to: string }) => send<TestOutcome>('POST', '/settings/mail/test', { to }),
  });
  return (
    <Card title={<h2>{t('mail.test')}</h2>}>
      <Form<{ to: string }> layout="inline" initialValues={{ to: first }} onFinish={(values) => test.mutate(values)}>
        <Form.Item name="to" label={t('mail.test-to')} rules={[{ required: true, message: t('form.required') }]}>
          <Input style={{ width: 280 }} />
        </Form.Item>
        <Button htmlType="submit" loading={test.isPending}>
          {t('mail.test')}
        </Button>
      </Form>
      <p>{t('mail.test-unsaved')}</p>
      <div aria-live="polite">
        {test.error && <RefusalAlert error={test.error} />}
        {test.data?.kind === 'sent' && (
          <Alert type="success" showIcon title={t('mail.test-sent', { to: test.variables?.to ?? '' })} />
        )}
        {test.data?.kind === 'failed' && (
          <Alert type="error" showIcon title={t('mail.test-failed', { error: test.data.error })} />
        )}
      </div>
    </Card>
  );
}
