/** 发布: how far a Release is, each Pod's state as it changes, and what may be said to it. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Descriptions, Flex, Skeleton, Space, Steps, Table, Timeline, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { ReleaseFacts, ReleasePicture, ReleaseStep } from '../../api/applications.ts';
import { get } from '../../api/client.ts';
import { PodPicture } from '../../parts/pod-picture.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { ReleaseActions } from './release-actions.tsx';
import { ReleasePhase } from './release-phase.tsx';

export default function Release() {
  const { t } = useTranslation();
  const { namespace = '', name = '' } = useParams();
  const { data, error } = useQuery({
    queryKey: ['release', namespace, name],
    queryFn: ({ signal }) => get<ReleasePicture>(`/releases/${namespace}/${name}`, signal),
    refetchInterval: ({ state }) => (state.data?.release.ended === false ? 2000 : false),
  });
  if (error && !data) return <RefusalAlert error={error} />;
  if (!data) return <Skeleton active />;
  const { release } = data;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ fontSize: 22, margin: 0 }}>
          {t('application.release')} {release.name}
        </Typography.Title>
        <Flex gap="small" align="center" wrap>
          <ReleasePhase phase={release.phase} />
          <ReleaseActions release={release} />
        </Flex>
      </Flex>
      {release.message && (
        <Alert
          type={release.phase === 'Succeeded' ? 'success' : release.phase === 'Failed' ? 'error' : 'info'}
          showIcon
          title={release.message}
        />
      )}
      <Card size="small">
        <Steps size="small" titlePlacement="vertical" current={currentOf(release)} items={stepsOf(release, t)} />
      </Card>
      <Card
        size="small"
        title={<h2>{t('release.pods')}</h2>}
        extra={`${release.updated} / ${release.replicas} ${t('application.updated')}`}
      >
        <PodPicture namespace={release.namespace} picture={data} />
      </Card>
      <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={factsOf(release, t)} />
      {release.checks.length > 0 && <Checks release={release} />}
      <Card size="small" title={<h2>{t('release.history')}</h2>}>
        <Timeline
          items={release.history.toReversed().map(({ time, event, message }, i) => ({
            key: i,
            content: (
              <>
                <Time at={time} /> · {event}
                {message && `: ${message}`}
              </>
            ),
          }))}
        />
      </Card>
    </Space>
  );
}

type Translate = ReturnType<typeof useTranslation>['t'];

function currentOf({ at, phase, steps }: ReleaseFacts): number {
  return phase === 'Succeeded' ? steps.length + 1 : Math.max(0, at - 1);
}

/** After the last step all Pods follow. */
function stepsOf({ steps }: ReleaseFacts, t: Translate) {
  const items = steps.map((step, i) => ({ title: step.name ?? `${i + 1}`, content: wordsOf(step, t) }));
  return [...items, { title: t('release.all'), content: '100%' }];
}

function wordsOf({ replicas, pods, bakeSeconds, pauseSeconds, checks }: ReleaseStep, t: Translate): string {
  return [
    [replicas ?? '', ...pods].filter((part) => part !== '').join(' + '),
    ...(bakeSeconds > 0 ? [t('release.bake', { seconds: bakeSeconds })] : []),
    ...checks.map((name) => t('release.check', { name })),
    ...(pauseSeconds === null ? [t('release.until-approved')] : []),
    ...(pauseSeconds ? [t('release.pause-for', { seconds: pauseSeconds })] : []),
  ].join(' · ');
}

function factsOf(release: ReleaseFacts, t: Translate) {
  const facts = [
    [
      'Group',
      <Link key="group" to={`/applications/Group/${release.namespace}/${release.group}`}>
        {release.namespace}/{release.group}
      </Link>,
    ],
    [t('list.created'), <Time key="created" at={release.createdAt} />],
    [t('release.stable'), release.stable ?? '–'],
    [t('release.target'), release.target ?? '–'],
  ] as const;
  return facts.map(([label, children]) => ({ key: label, label, children }));
}

function Checks({ release }: { readonly release: ReleaseFacts }) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={<h2>{t('release.checks')}</h2>}>
      <Table
        size="small"
        rowKey="name"
        dataSource={[...release.checks]}
        pagination={false}
        columns={[
          { title: t('inspection.check'), dataIndex: 'name' },
          { title: t('release.well'), dataIndex: 'successes', align: 'right' },
          { title: t('release.failed'), dataIndex: 'failures', align: 'right' },
          { title: t('inspection.found'), dataIndex: 'message' },
        ]}
      />
    </Card>
  );
}
