import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ContainerFacts, PodFacts } from '../../api/pods.ts';

/** What a tab about one container is given. */
export interface ChosenContainer {
  readonly pod: PodFacts;
  readonly container: ContainerFacts;
  readonly onChoose: (name: string) => void;
}

export function ContainerChoice({ pod, container, onChoose }: ChosenContainer) {
  const { t } = useTranslation();
  return (
    <Select
      aria-label={t('pod.container')}
      style={{ minWidth: 160 }}
      value={container.name}
      options={pod.containers.map(({ name }) => ({ value: name, label: name }))}
      onChange={onChoose}
    />
  );
}
