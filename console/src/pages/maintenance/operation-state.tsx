import { useTranslation } from 'react-i18next';
import type { Operation } from '../../api/maintenance.ts';
import { type Mood, StateTag } from '../../parts/state-tag.tsx';

const MOODS: Readonly<Record<Operation['state'], Mood>> = {
  'awaiting-approval': 'waiting',
  running: 'waiting',
  blocked: 'bad',
  aborting: 'uneasy',
  succeeded: 'good',
  aborted: 'still',
  failed: 'bad',
};

export function OperationState({ state }: Pick<Operation, 'state'>) {
  const { t } = useTranslation();
  return <StateTag mood={MOODS[state]}>{t(`operation.state.${state}`)}</StateTag>;
}
