import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { useSession } from '../../api/session.ts';

export function SignIn() {
  const { t } = useTranslation();
  const { signIn } = useSession();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function enter({ name, password }: { name: string; password: string }) {
    setBusy(true);
    try {
      await signIn(name, password);
    } catch (error) {
      setFault(wordsOf(error));
    } finally {
      setBusy(false);
    }
  }

  function wordsOf(error: unknown): string {
    if (!(error instanceof Problem)) return t('frame.away');
    const wait = error.retryAfterSeconds;
    return wait ? `${error.title}；${t('sign-in.wait', { seconds: wait })}` : error.title;
  }

  return (
    <main className="centred">
      <Card title={<h1>JDOS · HCMP</h1>} style={{ width: 360 }}>
        <Form layout="vertical" onFinish={(values: { name: string; password: string }) => void enter(values)}>
          {fault && <Alert type="error" title={fault} showIcon style={{ marginBottom: 16 }} />}
          <Form.Item name="name" label={t('sign-in.name')} rules={[{ required: true, message: t('form.required') }]}>
            <Input prefix={<UserOutlined />} autoComplete="username" autoFocus />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('sign-in.password')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <Input.Password prefix={<LockOutlined />} autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>
            {t('sign-in.enter')}
          </Button>
        </Form>
        <ProviderLink />
      </Card>
    </main>
  );
}

/** To the identity provider, where there is one: it and the way back are pages of their own. */
function ProviderLink() {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => get<{ oidc: boolean }>('/sign-in', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data?.oidc) return null;
  return (
    <Button block href="/api/v1/sign-in/oidc" style={{ marginTop: 12 }}>
      {t('sign-in.provider')}
    </Button>
  );
}
