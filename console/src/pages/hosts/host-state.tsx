import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import type { HostRow } from '../../api/lists.ts';
import { StateTag } from '../../parts/state-tag.tsx';
import { isStatus, StatusTag } from './host-status.tsx';

export function HostState({ host }: { readonly host: Pick<HostRow, 'ready' | 'unschedulable' | 'status'> }) {
  const { t } = useTranslation();
  return (
    <Flex gap={4}>
      <StateTag mood={host.ready ? 'good' : 'bad'}>{t(host.ready ? 'host.ready' : 'host.not-ready')}</StateTag>
      {host.unschedulable && <StateTag mood="uneasy">{t('host.cordoned')}</StateTag>}
      {isStatus(host.status) && !['ready', 'cordoned'].includes(host.status) && <StatusTag status={host.status} />}
    </Flex>
  );
}
