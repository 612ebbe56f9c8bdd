/** 运维邮件 and 恢复邮件 of one operation: what was sent to whom, and one sent by hand after a look at it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Form, Input, Modal, Space, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, send } from '../../api/client.ts';
import {
  type Letter as Draft,
  type KeptMail,
  MAIL_KINDS,
  type MailKind,
  type MailOutcome,
} from '../../api/maintenance.ts';
import { useMe } from '../../api/session.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { Told } from '../../parts/told.tsx';

const MOODS = { sent: 'good', failed: 'bad', sending: 'waiting' } as const;

interface MailsProps {
  readonly operation: string;
  /** The host has been given back: recovery needs no reason. */
  readonly over: boolean;
  readonly open: boolean;
}

export function Mails({ operation, over, open }: MailsProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [writing, setWriting] = useState<MailKind>();
  const query = useQuery({
    queryKey: ['operation', operation, 'mails'],
    queryFn: ({ signal }) => get<{ items: KeptMail[] }>(`/maintenance/${operation}/mails`, signal),
    // The last mail may leave after the operation has ended, and people write more.
    refetchInterval: open ? 3000 : 10_000,
  });
  return (
    <Card
      title={<h2>{t('mails.title')}</h2>}
      extra={
        me?.role !== 'viewer' && (
          <Space>
            {MAIL_KINDS.map((kind) => (
              <Button key={kind} onClick={() => setWriting(kind)}>
                {t(`mails.${kind}`)}
              </Button>
            ))}
          </Space>
        )
      }
    >
      <Told query={query} empty={t('mails.none')} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => <MailTable items={items} />}
      </Told>
      {writing && <Letter operation={operation} kind={writing} over={over} onClose={() => setWriting(undefined)} />}
    </Card>
  );
}

function MailTable({ items }: { readonly items: readonly KeptMail[] }) {
  const { t } = useTranslation();
  return (
    <Table<KeptMail>
      size="small"
      rowKey="kind"
      pagination={false}
      dataSource={[...items]}
      columns={[
        { title: t('mails.kind'), render: (_, { kind }) => t(`mails.${kind}`) },
        {
          title: t('mails.state'),
          render: (_, { state, error }) => (
            <Space>
              <StateTag mood={MOODS[state]}>{t(`mails.state.${state}`)}</StateTag>
              {error}
            </Space>
          ),
        },
        { title: t('mails.to'), dataIndex: 'recipients' },
        { title: t('mails.subject'), dataIndex: 'subject' },
        { title: t('inspection.at'), render: (_, { at }) => <Time at={at} /> },
      ]}
    />
  );
}

interface LetterProps {
  readonly operation: string;
  readonly kind: MailKind;
  readonly over: boolean;
  readonly onClose: () => void;
}

function Letter({ operation, kind, over, onClose }: LetterProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const path = `/maintenance/${operation}/mails/${kind}`;
  const query = useQuery({
    queryKey: ['operation', operation, 'letter', kind],
    queryFn: ({ signal }) => get<Draft>(`/maintenance/${operation}/mails/${kind}`, signal),
    staleTime: 0,
  });
  const post = useMutation({
    mutationFn: ({ reason = '' }: { reason?: string }) => send<MailOutcome>('POST', path, { reason }),
    onSuccess: (outcome) => {
      if (outcome.kind !== 'sent') return;
      message.success(t('mails.sent', { recipients: outcome.recipients.join(t('list.comma')) }));
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['operation', operation] }),
  });
  const nobody = query.data?.recipients.length === 0;
  return (
    <Modal
      open
      width={720}
      title={`${t(`mails.${kind}`)} · ${t('mails.preview')}`}
      okText={t('mails.send')}
      okButtonProps={{ htmlType: 'submit', form: 'letter', disabled: nobody || !query.data, loading: post.isPending }}
      onCancel={onClose}
    >
      <Told query={query}>
        {({ subject, text, recipients }) => (
          <>
            {nobody && <Alert type="warning" showIcon title={t('mails.nobody')} />}
            <p>
              {t('mails.to')}: {recipients.join(t('list.comma')) || '–'}
            </p>
            <p>
              {t('mails.subject')}: {subject}
            </p>
            <pre className="letter">{text}</pre>
          </>
        )}
      </Told>
      <Form<{ reason?: string }> id="letter" layout="vertical" onFinish={(values) => post.mutate(values)}>
        {kind === 'recovery' && !over && (
          <Form.Item
            name="reason"
            label={t('mails.reason')}
            rules={[{ required: true, whitespace: true, message: t('form.required') }]}
          >
            <Input maxLength={500} />
          </Form.Item>
        )}
      </Form>
      <p>{t('mails.once')}</p>
      {post.error && <RefusalAlert error={post.error} />}
      {post.data?.kind === 'failed' && <Alert type="error" showIcon title={post.data.error} />}
    </Modal>
  );
}
