import { Button, Flex, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Amounts, ContainerFacts, PodFacts } from '../../api/pods.ts';
import { useMe } from '../../api/session.ts';
import { bytes, cores } from '../../parts/amounts.ts';
import { StateTag } from '../../parts/state-tag.tsx';

interface ContainersProps {
  readonly pod: PodFacts;
  readonly onShow: (url: Record<string, string>) => void;
}

export function Containers({ pod, onShow }: ContainersProps) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Table<ContainerFacts>
      size="small"
      rowKey="name"
      dataSource={[...pod.containers]}
      pagination={false}
      scroll={{ x: 'max-content' }}
      columns={[
        {
          title: t('pod.container'),
          dataIndex: 'name',
          render: (name: string, { kind }) => (kind === 'container' ? name : `${name} (${kind})`),
        },
        { title: t('pod.image'), dataIndex: 'image' },
        { title: t('pod.state'), key: 'state', render: (_, container) => <State container={container} /> },
        { title: t('pod.restarts'), dataIndex: 'restarts', align: 'right' },
        { title: t('pod.cpu-use'), dataIndex: 'cpu', render: (cpu: Amounts) => three(cpu, cores) },
        { title: t('pod.memory-use'), dataIndex: 'memory', render: (memory: Amounts) => three(memory, bytes) },
        {
          title: t('pod.container-id'),
          dataIndex: 'id',
          render: (id: string | null) =>
            id && <Typography.Text copyable={{ text: id }}>{id.replace(/^.*\/\//, '').slice(0, 12)}</Typography.Text>,
        },
        {
          title: t('list.actions'),
          key: 'act',
          render: (_, { name }) => (
            <Flex gap="small">
              <Button size="small" onClick={() => onShow({ tab: 'log', container: name })}>
                {t('pod.log')}
              </Button>
              {me?.role !== 'viewer' && (
                <Button size="small" onClick={() => onShow({ tab: 'terminal', container: name })}>
                  {t('pod.terminal')}
                </Button>
              )}
            </Flex>
          ),
        },
      ]}
    />
  );
}

function State({ container: { state, reason, message, ready } }: { readonly container: ContainerFacts }) {
  const well = state === 'running' ? (ready ? 'good' : 'uneasy') : reason === 'Completed' ? 'still' : 'waiting';
  const bad = /BackOff|Err|Error|OOM/.test(reason ?? '');
  return (
    <span title={message ?? ''}>
      <StateTag mood={bad ? 'bad' : well}>{reason ?? state}</StateTag>
    </span>
  );
}

/** Request / limit / use. */
function three({ request, limit, use }: Amounts, show: (amount: number) => string): string {
  return [request, limit, use].map((amount) => (amount === null ? '–' : show(amount))).join(' / ');
}
