/** The one-time password leads here and nowhere else. */
import { Alert, Button, Card, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem.ts';
import { useSession } from '../../api/session.ts';
import type { Word } from '../../words/index.ts';

interface Values {
  readonly old: string;
  readonly fresh: string;
  readonly again: string;
}

export function NewPassword() {
  const { t } = useTranslation();
  const { changePassword } = useSession();
  const [fault, setFault] = useState<string>();

  async function change({ old, fresh }: Values) {
    try {
      await changePassword(old, fresh);
    } catch (error) {
      setFault(wordsOf(error));
    }
  }

  function wordsOf(error: unknown): string {
    if (!(error instanceof Problem)) return t('frame.away');
    const [field] = error.fields;
    return field ? t(`password.${field.fault}` as Word) : error.title;
  }

  const needed = { required: true, message: t('form.required') };
  return (
    <main className="centred">
      <Card title={<h1>{t('password.title')}</h1>} style={{ width: 400 }}>
        <Form layout="vertical" onFinish={(values: Values) => void change(values)}>
          {fault && <Alert type="error" title={fault} showIcon style={{ marginBottom: 16 }} />}
          <Form.Item name="old" label={t('password.old')} rules={[needed]}>
            <Input.Password autoComplete="current-password" autoFocus />
          </Form.Item>
          <Form.Item name="fresh" label={t('password.new')} extra={t('password.advice')} rules={[needed]}>
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          <Form.Item
            name="again"
            label={t('password.again')}
            dependencies={['fresh']}
            rules={[
              needed,
              ({ getFieldValue }) => ({
                validator: (_, value) =>
                  value === getFieldValue('fresh')
                    ? Promise.resolve()
                    : Promise.reject(new Error(t('password.differ'))),
              }),
            ]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block>
            {t('password.change')}
          </Button>
        </Form>
      </Card>
    </main>
  );
}
