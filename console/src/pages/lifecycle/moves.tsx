/** What a host is, why, and what it may become: each with what would change before it is done. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Form, Input, Radio, Space, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, send } from '../../api/client.ts';
import type { Move, Moved, MovesPage, Status } from '../../api/hosts.ts';
import { Problem } from '../../api/problem.ts';
import { useMe } from '../../api/session.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { Told } from '../../parts/told.tsx';
import { useUndo } from '../../parts/undo.tsx';
import { StatusTag } from '../hosts/host-status.tsx';

export function Moves({ host }: { readonly host: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const query = useQuery({
    queryKey: ['host', host, 'moves'],
    queryFn: ({ signal }) => get<MovesPage>(`/hosts/${host}/moves`, signal),
    staleTime: 0,
  });
  return (
    <Told query={query}>
      {(page) => (
        <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
          <Now host={host} page={page} />
          {me?.role === 'viewer' && <Alert type="info" showIcon title={t('life.viewer')} />}
          {me?.role !== 'viewer' && page.moves.length > 0 && (
            <MoveForm key={page.state.version} host={host} page={page} />
          )}
          {page.moves.length === 0 && !page.state.operation && (
            <Typography.Text type="secondary">{t('life.no-moves')}</Typography.Text>
          )}
        </Space>
      )}
    </Told>
  );
}

function Now({ host, page: { state } }: { readonly host: string; readonly page: MovesPage }) {
  const { t } = useTranslation();
  return (
    <>
      <Space>
        <StatusTag status={state.status} />
        <Time at={state.since} />
        <Link to={`/hosts/${host}?tab=life`}>{t('host.tab.life')}</Link>
      </Space>
      {state.reason && (
        <Typography.Paragraph style={{ margin: 0 }}>
          {t('life.why')}: {state.actor}: {state.reason}
        </Typography.Paragraph>
      )}
      {state.pinned && <Alert type="warning" showIcon title={t('host.pinned')} />}
      {state.operation && (
        <Alert
          type="info"
          showIcon
          title={<Link to={`/operations/${state.operation}`}>{t('host.held', { id: state.operation })}</Link>}
        />
      )}
    </>
  );
}

interface Values {
  readonly reason: string;
  readonly force?: boolean;
}

function MoveForm({ host, page: { moves, state } }: { readonly host: string; readonly page: MovesPage }) {
  const { t } = useTranslation();
  const [to, setTo] = useState<Status>();
  const move = useMoves(host, state.status);
  const chosen = moves.find((one) => one.to === to);
  const overtaken = move.error instanceof Problem && move.error.code === 'conflict';
  return (
    <Form<Values>
      layout="vertical"
      onFinish={({ reason, force = false }) =>
        chosen && move.mutate({ to: chosen.to, reason, force, version: state.version })
      }
    >
      <Form.Item label={t('life.to')}>
        <Radio.Group
          aria-label={t('life.to')}
          optionType="button"
          options={moves.map((one) => ({ value: one.to, label: t(`status.${one.to}`) }))}
          onChange={({ target }) => {
            setTo(target.value as Status);
            move.reset();
          }}
        />
      </Form.Item>
      {chosen && (
        <>
          <Consequences move={chosen} />
          {chosen.missing.length > 0 && (
            <Form.Item name="force" valuePropName="checked">
              <Checkbox>{t('life.force')}</Checkbox>
            </Form.Item>
          )}
          <Form.Item
            name="reason"
            label={t('life.reason')}
            rules={[{ required: true, whitespace: true, message: t('form.required') }]}
          >
            <Input maxLength={500} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={move.isPending}>
            {t('life.do')}
          </Button>
        </>
      )}
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {overtaken && <Alert type="warning" showIcon title={t('life.changed')} />}
        {move.error && !overtaken && <RefusalAlert error={move.error} />}
      </div>
    </Form>
  );
}

function Consequences({ move: { effects, missing, undo } }: { readonly move: Move }) {
  const { t } = useTranslation();
  const { unschedulable, addedTaints, removedTaints } = effects;
  const lines = [
    t(unschedulable ? 'life.effect.unschedulable' : 'life.effect.schedulable'),
    ...(addedTaints.length > 0 ? [t('life.effect.added', { taints: addedTaints.join(', ') })] : []),
    ...(removedTaints.length > 0 ? [t('life.effect.removed', { taints: removedTaints.join(', ') })] : []),
    t(undo ? 'life.undo' : 'life.no-undo'),
  ];
  return (
    <Space orientation="vertical" style={{ width: '100%', marginBottom: 16 }}>
      <Alert
        type="info"
        title={t('life.preview')}
        description={
          <ul className="plain">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        }
      />
      {missing.length > 0 && (
        <Alert type="warning" showIcon title={t('life.missing', { missing: missing.join(t('list.comma')) })} />
      )}
    </Space>
  );
}

interface MoveWish {
  readonly to: Status;
  readonly reason: string;
  readonly force: boolean;
  readonly version: number;
}

/** Done in the server's book; what somebody else was quicker with is looked at again. */
function useMoves(host: string, from: Status) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const undo = useUndo();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['host', host] }),
      queries.invalidateQueries({ queryKey: ['lifecycle'] }),
    ]);
  const ask = (wish: MoveWish) => send<Moved>('POST', `/hosts/${host}/status`, wish);
  return useMutation({
    mutationFn: ask,
    onSuccess: async ({ after }, { to, reason }) => {
      const words = { host, from: t(`status.${from}`), to: t(`status.${to}`) };
      const takenBack = { to: from, reason: `${t('undo')}: ${reason}`, force: true, version: after.version };
      const page = await queries.fetchQuery({
        queryKey: ['host', host, 'moves'],
        queryFn: () => get<MovesPage>(`/hosts/${host}/moves`),
        staleTime: 0,
      });
      if (page.moves.some((move) => move.to === from))
        undo(t('life.done', words), async () => {
          await ask(takenBack);
          await refresh();
        });
      await refresh();
    },
    onError: refresh,
  });
}
