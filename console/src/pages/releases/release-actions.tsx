/** What may be said to a Release in the state it is in; what takes Pods back shows first what that means. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReleaseFacts } from '../../api/applications.ts';
import { send } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { useMe } from '../../api/session.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';

type Verb = 'approve' | 'pause' | 'resume' | 'abort' | 'retry';

export function ReleaseActions({ release }: { readonly release: ReleaseFacts }) {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const [asking, ask] = useState<'abort'>();
  const say = useMutation({
    mutationFn: (verb: Verb) => {
      const { namespace, name, uid, phase, at } = release;
      return send('POST', `/releases/${namespace}/${name}/${verb}`, { uid, phase, at });
    },
    onSuccess: () => ask(undefined),
    onSettled: () => queries.invalidateQueries({ queryKey: ['release'] }),
  });
  if (!me || me.role === 'viewer') return null;
  const going = !release.ended && release.phase !== 'RollingBack' && release.phase !== 'Pending';
  const waits = release.stepState === 'Paused' && !release.paused && going;
  const button = (verb: Verb, primary = false) => (
    <Button
      {...(primary && { type: 'primary' })}
      loading={say.isPending && say.variables === verb}
      onClick={() => say.mutate(verb)}
    >
      {t(`release.${verb}`)}
    </Button>
  );
  return (
    <>
      {waits && button('approve', true)}
      {going && (release.paused ? button('resume', true) : button('pause'))}
      {going && (
        <Button danger onClick={() => ask('abort')}>
          {t('release.abort')}
        </Button>
      )}
      {(release.phase === 'RolledBack' || release.phase === 'Failed') && button('retry')}
      {say.error && !asking && <Said error={say.error} onClose={() => say.reset()} />}
      <Modal
        open={asking !== undefined}
        title={t('release.abort')}
        okText={t('release.abort')}
        cancelText={t('maintenance.cancel')}
        okButtonProps={{ danger: true, loading: say.isPending }}
        onOk={() => say.mutate('abort')}
        onCancel={() => ask(undefined)}
      >
        <Flex vertical gap="small">
          <Alert
            type="warning"
            showIcon
            title={t('release.abort-asked', { pods: release.updated, stable: release.stable ?? '–' })}
            description={t('release.abort-undo')}
          />
          {say.error && <RefusalAlert error={say.error} />}
        </Flex>
      </Modal>
    </>
  );
}

/** Somebody was quicker: the page shows how it stands now, and whoever still wants it says so again. */
function Said({ error, onClose }: { readonly error: Error; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const conflict = error instanceof Problem && error.code === 'conflict';
  return (
    <Modal open title={error.message} onCancel={onClose} onOk={onClose} cancelButtonProps={{ hidden: true }}>
      {conflict ? t('release.changed') : <RefusalAlert error={error} />}
    </Modal>
  );
}
