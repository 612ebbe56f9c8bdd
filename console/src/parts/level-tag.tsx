import { useTranslation } from 'react-i18next';
import type { Level } from '../api/inspection.ts';
import { type Mood, StateTag } from './state-tag.tsx';

const MOODS: Readonly<Record<Level, Mood>> = {
  error: 'bad',
  alarm: 'bad',
  warn: 'uneasy',
  info: 'good',
  unknown: 'still',
};

export function LevelTag({ level }: { readonly level: Level }) {
  const { t } = useTranslation();
  return <StateTag mood={MOODS[level]}>{t(`level.${level}`)}</StateTag>;
}
