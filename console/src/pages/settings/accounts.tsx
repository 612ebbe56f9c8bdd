/** Accounts: made, raised, lowered, closed, by administrators. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Flex, Form, Input, Modal, Popconfirm, Select, Switch, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, send } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { useMe } from '../../api/session.ts';
import { type Account, type AccountPage, ROLES, type Role } from '../../api/settings.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import type { Word } from '../../words/index.ts';

const KEY = ['accounts'];

export default function Accounts() {
  const { t } = useTranslation();
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const { data, error } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<AccountPage>('/accounts?limit=500', signal),
  });
  const change = useChange();
  const roles = ROLES.map((value) => ({ value, label: t(`role.${value}`) }));
  return (
    <section>
      <Flex justify="space-between" align="center" style={{ marginBottom: 16 }}>
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {t('menu.accounts')}
        </Typography.Title>
        {data && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('accounts.add')}
          </Button>
        )}
      </Flex>
      {error && !data && <RefusalAlert error={error} />}
      <Table<Account>
        size="small"
        rowKey="name"
        loading={!data && !error}
        dataSource={[...(data?.items ?? [])]}
        columns={[
          { title: t('sign-in.name'), dataIndex: 'name' },
          {
            title: t('accounts.role'),
            render: (_, { name, role, version }) => (
              <Select
                aria-label={`${t('accounts.role')} ${name}`}
                value={role}
                options={roles}
                disabled={name === me?.name}
                style={{ width: 120 }}
                onChange={(next) => change.mutate(['PATCH', name, { version, role: next }])}
              />
            ),
          },
          {
            title: t('accounts.open'),
            render: (_, { name, disabled, version }) => (
              <Switch
                aria-label={`${t('accounts.open')} ${name}`}
                checked={!disabled}
                disabled={name === me?.name}
                onChange={(open) => change.mutate(['PATCH', name, { version, disabled: !open }])}
              />
            ),
          },
          { title: t('list.created'), render: (_, { createdAt }) => <Time at={createdAt} /> },
          {
            title: t('list.actions'),
            render: (_, { name, version }) => (
              <Popconfirm
                title={t('accounts.remove-asked', { name })}
                onConfirm={() => change.mutate(['DELETE', `${name}?version=${version}`])}
              >
                <Button danger size="small" disabled={name === me?.name}>
                  {t('accounts.remove')}
                </Button>
              </Popconfirm>
            ),
          },
        ]}
      />
      {adding && <NewAccount roles={roles} onClose={() => setAdding(false)} />}
    </section>
  );
}

interface NewAccountProps {
  readonly roles: { readonly value: Role; readonly label: string }[];
  readonly onClose: () => void;
}

function NewAccount({ roles, onClose }: NewAccountProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ name: string; role: Role; password: string }>();
  const create = useMutation({
    mutationFn: (values: object) => send('POST', '/accounts', values),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: KEY });
    },
    onError: (error) => {
      const fields = error instanceof Problem ? error.fields : [];
      const known = (fault: string) => (/^[a-z-]+$/.test(fault) ? t(`password.${fault}` as Word) : fault);
      form.setFields(
        fields.length > 0
          ? fields.map(({ field, fault }) => ({ name: field as 'name', errors: [known(fault)] }))
          : [{ name: 'name', errors: [error.message] }],
      );
    },
  });
  const needed = { required: true, message: t('form.required') };
  return (
    <Modal
      open
      title={t('accounts.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      confirmLoading={create.isPending}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ role: 'viewer' }}
        onFinish={(values) => create.mutate(values)}
      >
        <Form.Item name="name" label={t('sign-in.name')} rules={[needed]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t('accounts.role')}>
          <Select options={roles} />
        </Form.Item>
        <Form.Item name="password" label={t('accounts.first-password')} extra={t('password.advice')} rules={[needed]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** A change of one account; who came second is told and sees what is there now. */
function useChange() {
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ([method, path, body]: ['PATCH' | 'DELETE', string, object?]) =>
      send(method, `/accounts/${path}`, body),
    onError: (error) => message.error(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}
