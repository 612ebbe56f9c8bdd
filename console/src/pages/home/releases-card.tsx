/** Releases that have not ended. */
import { Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useList } from '../../api/lists.ts';
import { Told } from '../../parts/told.tsx';
import { ReleasePhase } from '../releases/release-phase.tsx';

export function ReleasesCard() {
  const { t } = useTranslation();
  const query = useList('releases', { filters: { running: 'true' }, pageSize: 8 });
  return (
    <Card title={<h2>{t('home.releases')}</h2>} extra={<Link to="/applications">{t('menu.applications')}</Link>}>
      <Told query={query}>
        {({ items }) => (
          <>
            {items.length === 0 && <Typography.Text type="secondary">{t('home.no-releases')}</Typography.Text>}
            {items.map(({ namespace, name, phase, step, message }) => (
              <Flex key={`${namespace}/${name}`} gap="small" align="center" wrap style={{ minHeight: 28 }}>
                <Link to={`/releases/${namespace}/${name}`}>
                  {namespace}/{name}
                </Link>
                <ReleasePhase phase={phase} />
                {step && <span>{step}</span>}
                {message && <Typography.Text type="secondary">{message}</Typography.Text>}
              </Flex>
            ))}
          </>
        )}
      </Told>
    </Card>
  );
}
