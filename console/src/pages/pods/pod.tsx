/** One Pod: its containers with what they ask for and use, its events, and for each container log and terminal. */
import { useQuery } from '@tanstack/react-query';
import { Descriptions, Flex, Skeleton, Tabs, Tag, Typography } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { get } from '../../api/client.ts';
import type { PodFacts } from '../../api/pods.ts';
import { useMe } from '../../api/session.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { Containers } from './containers.tsx';
import { Events } from './events.tsx';

const Log = lazy(() => import('./log.tsx'));
const Terminal = lazy(() => import('./terminal.tsx'));

export default function Pod() {
  const { t } = useTranslation();
  const me = useMe();
  const { namespace = '', name = '' } = useParams();
  const [url, setUrl] = useSearchParams();
  const { data: pod, error } = useQuery({
    queryKey: ['pod', namespace, name],
    queryFn: ({ signal }) => get<PodFacts>(`/pods/${namespace}/${name}`, signal),
  });
  if (error && !pod) return <RefusalAlert error={error} />;
  if (!pod) return <Skeleton active />;
  const wanted = url.get('container');
  const container =
    pod.containers.find((one) => one.name === wanted) ?? pod.containers.find(({ kind }) => kind === 'container');
  const show = (changes: Record<string, string>) =>
    setUrl({ ...Object.fromEntries(url), ...changes }, { replace: true });
  const chosen = container && { pod, container, onChoose: (one: string) => show({ container: one }) };
  const tabs = [
    { key: 'containers', label: t('pod.containers'), children: <Containers pod={pod} onShow={show} /> },
    { key: 'events', label: `${t('pod.events')} ${pod.events.length}`, children: <Events events={pod.events} /> },
    { key: 'log', label: t('pod.log'), children: chosen && <Log {...chosen} /> },
    ...(me?.role === 'viewer'
      ? []
      : [{ key: 'terminal', label: t('pod.terminal'), children: chosen && <Terminal {...chosen} /> }]),
  ];
  return (
    <>
      <Flex gap="small" align="center" style={{ marginBottom: 12 }}>
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {pod.name}
        </Typography.Title>
        <StateTag mood={moodOf(pod)}>{pod.deletedAt ? 'Terminating' : (pod.reason ?? pod.phase)}</StateTag>
      </Flex>
      <Descriptions size="small" bordered column={{ xs: 1, md: 2, xl: 3 }} items={factsOf(pod, t)} />
      <Tabs
        style={{ marginTop: 12 }}
        activeKey={url.get('tab') ?? 'containers'}
        onChange={(tab) => show({ tab })}
        destroyOnHidden
        items={tabs.map((tab) => ({
          ...tab,
          children: <Suspense fallback={<Skeleton active />}>{tab.children}</Suspense>,
        }))}
      />
    </>
  );
}

function moodOf({ phase, conditions, deletedAt }: PodFacts) {
  if (deletedAt || phase === 'Succeeded') return 'still';
  if (phase === 'Failed') return 'bad';
  const ready = conditions.find(({ type }) => type === 'Ready')?.holds === 'True';
  return ready ? 'good' : phase === 'Running' ? 'uneasy' : 'waiting';
}

function factsOf(pod: PodFacts, t: ReturnType<typeof useTranslation>['t']) {
  const facts = [
    [t('pod.namespace'), pod.namespace],
    ['IP', pod.ip],
    [
      t('pod.host'),
      pod.node && (
        <Link key="host" to={`/hosts/${pod.node}`}>
          {pod.node}
        </Link>
      ),
    ],
    [t('pod.owner'), pod.owner],
    ['QoS', pod.qos],
    [t('list.created'), <Time key="created" at={pod.createdAt} />],
    [t('pod.labels'), <Words key="labels" words={pod.labels} />],
    [t('pod.annotations'), <Words key="annotations" words={pod.annotations} />],
    ['uid', pod.uid],
  ] as const;
  return facts.map(([label, children]) => ({ key: label, label, children: children || '–' }));
}

/** Long values are cut; the whole is there to hover over. */
function Words({ words }: { readonly words: Readonly<Record<string, string>> }) {
  const entries = Object.entries(words);
  if (entries.length === 0) return '–';
  return (
    <Flex wrap gap={4}>
      {entries.map(([key, value]) => (
        <Tag
          key={key}
          title={`${key}=${value}`}
          style={{ maxWidth: 320, overflow: 'hidden', textOverflow: 'ellipsis' }}
        >
          {key}={value}
        </Tag>
      ))}
    </Flex>
  );
}
