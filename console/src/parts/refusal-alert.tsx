/** Why something did not happen: what the server says, and which right of the cluster is missing if that is it. */
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/problem.ts';

export function RefusalAlert({ error }: { readonly error: Error }) {
  const { t } = useTranslation();
  return <Alert type="error" showIcon title={error.message} description={detailOf(error, t)} />;
}

function detailOf(error: Error, t: ReturnType<typeof useTranslation>['t']) {
  if (!(error instanceof Problem)) return undefined;
  if (error.right) return t('refusal.right', { right: error.detail ?? '' });
  return error.detail ?? (error.fields.map(({ field, fault }) => `${field}: ${fault}`).join('; ') || undefined);
}
