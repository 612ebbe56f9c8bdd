import { useTranslation } from 'react-i18next';
import { type Mood, StateTag } from '../../parts/state-tag.tsx';

const PHASES = {
  Pending: 'still',
  Running: 'waiting',
  Paused: 'uneasy',
  Promoting: 'waiting',
  RollingBack: 'uneasy',
  Succeeded: 'good',
  RolledBack: 'bad',
  Superseded: 'still',
  Failed: 'bad',
} as const satisfies Record<string, Mood>;

export function ReleasePhase({ phase }: { readonly phase: string }) {
  const { t } = useTranslation();
  const known = Object.hasOwn(PHASES, phase) ? (phase as keyof typeof PHASES) : undefined;
  return <StateTag mood={known ? PHASES[known] : 'still'}>{known ? t(`release.phase.${known}`) : phase}</StateTag>;
}
