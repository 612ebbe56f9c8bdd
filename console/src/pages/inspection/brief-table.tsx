/** 巡检简报: a row a check, a column a level, and behind each number the hosts. */
import { Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Brief, type BriefRow, LEVELS, type Level } from '../../api/inspection.ts';
import { currentLanguage } from '../../words/index.ts';

export function BriefTable({ brief: { run, rows } }: { readonly brief: Brief }) {
  const { t } = useTranslation();
  const levels = LEVELS.filter((level) => level !== 'unknown' || rows.some((row) => row.unknown > 0));
  return (
    <Table<BriefRow>
      size="small"
      rowKey="check"
      pagination={false}
      dataSource={[...rows]}
      columns={[
        { title: t('inspection.check'), render: (_, { name }) => name[currentLanguage()] },
        ...levels.map((level) => ({
          title: t(`inspection.column.${level}`),
          align: 'right' as const,
          render: (_: unknown, row: BriefRow) => <Count run={run.id} row={row} level={level} />,
        })),
      ]}
    />
  );
}

interface CountProps {
  readonly run: number;
  readonly row: BriefRow;
  readonly level: Level;
}

function Count({ run, row, level }: CountProps) {
  const { t } = useTranslation();
  const count = row[level];
  if (count === 0) return <Typography.Text type="secondary">0</Typography.Text>;
  const grave = level === 'error' || level === 'alarm';
  return (
    <Link
      to={`/inspection/${run}?check=${encodeURIComponent(row.check)}&level=${level}`}
      aria-label={`${row.name[currentLanguage()]}: ${t(`level.${level}`)} ${count}`}
    >
      {grave ? <strong>{count}</strong> : count}
    </Link>
  );
}
