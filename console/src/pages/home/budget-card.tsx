/** How many hosts may still go into maintenance. */
import { Alert, Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useBudgets } from '../../api/budgets.ts';
import { StateTag } from '../../parts/state-tag.tsx';
import { Told } from '../../parts/told.tsx';

const SHOWN = 8;

export function BudgetCard() {
  const { t } = useTranslation();
  const query = useBudgets();
  return (
    <Card title={<h2>{t('budget.title')}</h2>} extra={<Link to="/settings/budgets">{t('home.all')}</Link>}>
      <Told query={query}>
        {({ zones, stopped }) => (
          <>
            {stopped && <Alert type="error" showIcon title={t('budget.stopped', stopped)} />}
            {zones.slice(0, SHOWN).map(({ zone, left, most, held, healthy }) => (
              <Flex key={zone} gap="small" align="center" style={{ minHeight: 28 }}>
                <Typography.Text style={{ minWidth: '7em' }}>{zone || '–'}</Typography.Text>
                <StateTag mood={left > 0 && !stopped ? 'good' : healthy ? 'uneasy' : 'bad'}>
                  {`${t('budget.left')} ${stopped ? 0 : left} / ${most}`}
                </StateTag>
                {held > 0 && (
                  <span>
                    {t('budget.held')} {held}
                  </span>
                )}
                {!healthy && <Typography.Text type="danger">{t('budget.unhealthy')}</Typography.Text>}
              </Flex>
            ))}
          </>
        )}
      </Told>
    </Card>
  );
}
