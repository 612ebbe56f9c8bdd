/** 容器查询: Pods by name, IP, host and id. */
import { useTranslation } from 'react-i18next';
import { PodList } from './pod-list.tsx';

export default function Pods() {
  const { t } = useTranslation();
  return <PodList title={t('menu.pods')} />;
}
