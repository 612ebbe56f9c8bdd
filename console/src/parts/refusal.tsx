/** A refusal or a failure in the reader's words; what right is missing, if it is that. */
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/problem.ts';

interface RefusalProps {
  readonly error: Error;
  readonly onRetry?: () => void;
}

export function Refusal({ error, onRetry }: RefusalProps) {
  const { t } = useTranslation();
  return (
    <Alert
      type="error"
      showIcon
      title={error.message}
      description={useDetail(error)}
      action={onRetry && <Button onClick={onRetry}>{t('list.retry')}</Button>}
    />
  );
}

const ROLES = ['viewer', 'operator', 'admin'] as const;

function useDetail(error: Error): string | undefined {
  const { t } = useTranslation();
  if (!(error instanceof Problem)) return undefined;
  const role = ROLES.find((one) => one === error.detail);
  if (error.code === 'not-allowed' && role) return t('refusal.needs', { role: t(`role.${role}`) });
  return error.detail ?? (error.fields.map(({ field, fault }) => `${field}: ${fault}`).join('; ') || undefined);
}
