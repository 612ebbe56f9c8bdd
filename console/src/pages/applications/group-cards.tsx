/** What a Group has beyond other applications: each Pod's state, its Releases, its revisions and the way back to one. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Modal, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { GroupFacts, ReleaseRow } from '../../api/applications.ts';
import { get, send } from '../../api/client.ts';
import { useMe } from '../../api/session.ts';
import { PodPicture } from '../../parts/pod-picture.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { ReleasePhase } from '../releases/release-phase.tsx';

type Revision = GroupFacts['revisions'][number];

interface GroupName {
  readonly namespace: string;
  readonly name: string;
}

export function GroupCards({ namespace, name }: GroupName) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ['application', 'group', namespace, name],
    queryFn: ({ signal }) => get<GroupFacts>(`/groups/${namespace}/${name}`, signal),
  });
  if (error && !data) return <RefusalAlert error={error} />;
  if (!data) return null;
  return (
    <>
      <Card size="small" title={<h2>{t('release.pods')}</h2>}>
        <PodPicture namespace={namespace} picture={data} />
      </Card>
      {data.releases.length > 0 && (
        <Card size="small" title={<h2>{t('application.releases')}</h2>}>
          <Releases namespace={namespace} releases={data.releases} />
        </Card>
      )}
      <Card size="small" title={<h2>{t('application.revisions')}</h2>}>
        <Revisions namespace={namespace} name={name} group={data} />
      </Card>
    </>
  );
}

function Releases({ namespace, releases }: { readonly namespace: string; readonly releases: readonly ReleaseRow[] }) {
  const { t } = useTranslation();
  return (
    <Table<ReleaseRow>
      size="small"
      rowKey="name"
      dataSource={[...releases]}
      pagination={{ pageSize: 5, hideOnSinglePage: true, showSizeChanger: false }}
      columns={[
        {
          title: t('application.release'),
          dataIndex: 'name',
          render: (release: string) => <Link to={`/releases/${namespace}/${release}`}>{release}</Link>,
        },
        {
          title: t('release.phase'),
          dataIndex: 'phase',
          render: (phase: string | null) => <ReleasePhase phase={phase ?? 'Pending'} />,
        },
        { title: t('operation.step'), dataIndex: 'step' },
        { title: t('application.updated'), dataIndex: 'updated' },
        { title: t('release.message'), dataIndex: 'message' },
        { title: t('list.created'), dataIndex: 'createdAt', render: (at: string) => <Time at={at} /> },
      ]}
    />
  );
}

function Revisions({ namespace, name, group }: GroupName & { readonly group: GroupFacts }) {
  const { t } = useTranslation();
  const me = useMe();
  const [chosen, choose] = useState<Revision>();
  return (
    <>
      <Table<Revision>
        size="small"
        rowKey="name"
        dataSource={[...group.revisions]}
        pagination={{ pageSize: 5, hideOnSinglePage: true, showSizeChanger: false }}
        columns={[
          { title: '#', dataIndex: 'revision', align: 'right', width: 60 },
          { title: t('application.revision'), dataIndex: 'name' },
          { title: t('pod.image'), dataIndex: 'images' },
          { title: t('list.created'), dataIndex: 'createdAt', render: (at: string) => <Time at={at} /> },
          {
            title: t('list.actions'),
            key: 'act',
            render: (_, revision) =>
              revision.name === group.current ? (
                <Typography.Text type="secondary">{t('application.current')}</Typography.Text>
              ) : (
                me?.role !== 'viewer' && (
                  <Button size="small" onClick={() => choose(revision)}>
                    {t('application.back-to')}
                  </Button>
                )
              ),
          },
        ]}
      />
      {chosen && (
        <Rollback namespace={namespace} name={name} group={group} revision={chosen} onClose={() => choose(undefined)} />
      )}
    </>
  );
}

interface RollbackProps extends GroupName {
  readonly group: GroupFacts;
  readonly revision: Revision;
  readonly onClose: () => void;
}

function Rollback({ namespace, name, group, revision, onClose }: RollbackProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () =>
      send<{ release: string }>('POST', `/groups/${namespace}/${name}/rollback`, {
        revision: revision.name,
        uid: group.uid,
      }),
    onSuccess: ({ release }) => void navigate(`/releases/${namespace}/${release}`),
  });
  return (
    <Modal
      open
      title={t('application.back-to')}
      onCancel={onClose}
      okText={t('application.back-to')}
      okButtonProps={{ danger: true, loading: start.isPending }}
      cancelText={t('maintenance.cancel')}
      onOk={() => start.mutate()}
    >
      <Flex vertical gap="small">
        <Alert
          type="warning"
          showIcon
          title={t('application.back-asked', {
            pods: group.replicas,
            from: group.current ?? '–',
            to: `${revision.name} (${revision.images})`,
          })}
          description={t('application.back-undo')}
        />
        {start.error && <RefusalAlert error={start.error} />}
      </Flex>
    </Modal>
  );
}
