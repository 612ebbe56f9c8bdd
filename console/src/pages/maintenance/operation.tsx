/** One operation: where it stands, what it has done, and what may be said to it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  Alert,
  App,
  Button,
  Card,
  Descriptions,
  Flex,
  Popconfirm,
  Skeleton,
  Space,
  Steps,
  Timeline,
  Typography,
} from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { get, send } from '../../api/client.ts';
import { type Operation as Facts, type OperationFacts, STEPS } from '../../api/maintenance.ts';
import { useMe } from '../../api/session.ts';
import { Time } from '../../parts/time.tsx';
import { Mails } from './mails.tsx';
import { OperationState } from './operation-state.tsx';

export default function Operation() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { data, error } = useQuery({
    queryKey: ['operation', id],
    queryFn: ({ signal }) => get<OperationFacts>(`/maintenance/${id}`, signal),
    refetchInterval: (query) => (query.state.data?.open === false ? false : 1500),
  });
  if (error && !data) return <Alert type="error" showIcon title={error.message} />;
  if (!data) return <Skeleton active />;
  const { operation, open, log } = data;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {operation.host} · {operation.reason}
        </Typography.Title>
        <Flex gap="small" align="center">
          <OperationState state={operation.state} />
          {open && <Sayings operation={operation} />}
        </Flex>
      </Flex>
      {operation.blockade && (
        <Alert
          type="error"
          showIcon
          title={operation.blockade.reason}
          description={operation.blockade.choices.join(' · ')}
        />
      )}
      {operation.result && (
        <Alert type={operation.state === 'succeeded' ? 'success' : 'info'} title={operation.result} />
      )}
      <Card>
        <Steps
          size="small"
          titlePlacement="vertical"
          current={STEPS.indexOf(operation.step)}
          status={operation.state === 'failed' || operation.state === 'blocked' ? 'error' : open ? 'process' : 'finish'}
          items={STEPS.map((step) => ({ title: t(`operation.at.${step}`) }))}
        />
      </Card>
      <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={factsOf(operation, t)} />
      <Mails
        operation={operation.id}
        open={open}
        over={operation.state === 'succeeded' || operation.state === 'aborted'}
      />
      <Card title={<h2>{t('operation.log')}</h2>}>
        <Timeline
          aria-live="polite"
          items={log.map((line) => ({
            key: line.id,
            content: (
              <>
                <Time at={line.at} /> · {t(`operation.at.${line.step}` as 'operation.at.lock')} · {line.actor}:{' '}
                {line.text}
              </>
            ),
          }))}
        />
      </Card>
    </Space>
  );
}

function factsOf(operation: Facts, t: ReturnType<typeof useTranslation>['t']) {
  const facts = [
    ['id', operation.id],
    [
      t('host.name'),
      <Link key="host" to={`/hosts/${operation.host}`}>
        {operation.host}
      </Link>,
    ],
    [t('operation.kind'), t(`operation.kind.${operation.kind}`)],
    [t('operation.repair'), operation.repair ?? t('operation.by-hand')],
    [t('operation.by'), operation.requestedBy],
    [t('operation.approved'), operation.approvedBy ?? '–'],
    [t('operation.asked'), <Time key="asked" at={operation.createdAt} />],
    [t('operation.ended'), <Time key="ended" at={operation.endedAt} />],
  ] as const;
  return facts.map(([label, children]) => ({ key: label, label, children }));
}

function Sayings({ operation }: { readonly operation: Facts }) {
  const { t } = useTranslation();
  const me = useMe();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const say = useMutation({
    mutationFn: (word: 'approve' | 'abort' | 'done' | 'wait') =>
      send('POST', `/maintenance/${operation.id}/${word}`, {}),
    onError: (error) => message.error(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operation', operation.id] }),
  });
  if (!me || me.role === 'viewer') return null;
  const waits = operation.state === 'awaiting-approval';
  const byHand = operation.step === 'repair' && operation.repair === undefined && operation.state !== 'aborting';
  return (
    <>
      {waits && (
        <Button type="primary" disabled={operation.requestedBy === me.name} onClick={() => say.mutate('approve')}>
          {t('operation.approve')}
        </Button>
      )}
      {byHand && (
        <Button type="primary" onClick={() => say.mutate('done')}>
          {t('operation.done')}
        </Button>
      )}
      {operation.state === 'blocked' && <Button onClick={() => say.mutate('wait')}>{t('operation.wait')}</Button>}
      {operation.state !== 'aborting' && (
        <Popconfirm title={t('operation.abort-asked')} onConfirm={() => say.mutate('abort')}>
          <Button danger>{t('operation.abort')}</Button>
        </Popconfirm>
      )}
    </>
  );
}
