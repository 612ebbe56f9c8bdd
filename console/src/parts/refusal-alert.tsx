/** Why something did not happen: what the server says, and which right of the cluster or which role is missing if that is it. */
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/problem.ts';
import { ROLES } from '../api/settings.ts';

interface RefusalAlertProps {
  readonly error: Error;
  readonly onRetry?: () => void;
}

export function RefusalAlert({ error, onRetry }: RefusalAlertProps) {
  const { t } = useTranslation();
  return (
    <Alert
      type="error"
      showIcon
      title={error.message}
      description={detailOf(error, t)}
      action={onRetry && <Button onClick={onRetry}>{t('list.retry')}</Button>}
    />
  );
}

function detailOf(error: Error, t: ReturnType<typeof useTranslation>['t']) {
  if (!(error instanceof Problem)) return undefined;
  if (error.right) return t('refusal.right', { right: error.detail ?? '' });
  const role = ROLES.find((one) => one === error.detail);
  if (error.code === 'not-allowed' && role) return t('refusal.needs', { role: t(`role.${role}`) });
  return error.detail ?? (error.fields.map(({ field, fault }) => `${field}: ${fault}`).join('; ') || undefined);
}
