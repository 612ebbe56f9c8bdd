import { useTranslation } from 'react-i18next';
import { SubPages } from '../../parts/sub-pages.tsx';

export function InspectionPages() {
  const { t } = useTranslation();
  return (
    <SubPages
      pages={[
        { to: '/inspection', label: t('inspection.brief') },
        { to: '/inspection/trend', label: t('inspection.trend') },
        { to: '/inspection/diff', label: t('inspection.diff') },
        { to: '/inspection/exemptions', label: t('inspection.exemptions') },
        { to: '/inspection/plans', label: t('inspection.plans') },
      ]}
    />
  );
}
