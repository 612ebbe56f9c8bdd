/** A host's status in its life, as a tag. */
import { useTranslation } from 'react-i18next';
import { STATUSES, type Status } from '../../api/hosts.ts';
import { type Mood, StateTag } from '../../parts/state-tag.tsx';

export const STATUS_MOODS: Readonly<Record<Status, Mood>> = {
  registered: 'still',
  initializing: 'waiting',
  testing: 'waiting',
  ready: 'good',
  suspect: 'uneasy',
  cordoned: 'uneasy',
  draining: 'waiting',
  maintenance: 'waiting',
  recovering: 'waiting',
  faulty: 'bad',
  offline: 'still',
  retired: 'still',
};

export function isStatus(text: string): text is Status {
  return (STATUSES as readonly string[]).includes(text);
}

export function StatusTag({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  return <StateTag mood={STATUS_MOODS[status]}>{t(`status.${status}`)}</StateTag>;
}
