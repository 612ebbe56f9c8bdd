import { useTranslation } from 'react-i18next';
import type { BatchJob } from '../../api/batch.ts';
import { StateTag } from '../../parts/state-tag.tsx';

export function JobState({ job: { state, stopped } }: { readonly job: BatchJob }) {
  const { t } = useTranslation();
  const ended = stopped === undefined ? 'good' : 'uneasy';
  const mood = ({ running: 'waiting', paused: 'still', ended, lost: 'bad' } as const)[state];
  return <StateTag mood={mood}>{t(`batch.state.${state}`)}</StateTag>;
}
