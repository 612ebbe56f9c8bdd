/** The last brief in a few words: which checks some host does not pass. */
import { Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { LevelTag } from '../../parts/level-tag.tsx';
import { currentLanguage } from '../../words/index.ts';
import { useLatestBrief } from '../inspection/briefs.ts';
import { BriefTitle } from '../inspection/inspection.tsx';

const GRAVE = ['error', 'alarm', 'warn', 'unknown'] as const;

export function BriefCard() {
  const { t } = useTranslation();
  const { data } = useLatestBrief();
  const bad = data?.rows.filter((row) => GRAVE.some((level) => row[level] > 0)) ?? [];
  return (
    <Card
      title={<h2>{t('home.brief')}</h2>}
      extra={data ? <BriefTitle brief={data} /> : <Link to="/inspection">{t('menu.inspection')}</Link>}
    >
      {!data && <Typography.Text type="secondary">{t('home.no-brief')}</Typography.Text>}
      {data && bad.length === 0 && <LevelTag level="info" />}
      {bad.map((row) => (
        <Flex key={row.check} gap="small" align="center" style={{ minHeight: 28 }}>
          <span>{row.name[currentLanguage()]}</span>
          {GRAVE.filter((level) => row[level] > 0).map((level) => (
            <Link key={level} to={`/inspection/${data?.run.id}?check=${encodeURIComponent(row.check)}&level=${level}`}>
              <LevelTag level={level} /> {row[level]}
            </Link>
          ))}
        </Flex>
      ))}
    </Card>
  );
}
