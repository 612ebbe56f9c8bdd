/** The rows of an answer, a page at a time, with what its reader should know of them. */
import { Alert, Flex, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { MOST_ROWS, type SqlAnswer, type SqlColumn, type SqlValue } from '../../api/sql.ts';

interface ResultProps {
  readonly answer: SqlAnswer;
  /** How long it took. */
  readonly ms: number;
}

type Row = readonly SqlValue[];

const NUMBERS = /^(U?(BIG|HUGE|SMALL|TINY)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/;
const SIZES = [50, 100, 500];

export function Result({ answer: { columns, notices, rows, more }, ms }: ResultProps) {
  const { t } = useTranslation();
  return (
    <Flex vertical gap="small">
      {notices.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('sql.stale')}
          description={notices.map(({ message }) => <div key={message}>{message}</div>)}
        />
      )}
      <Typography.Text role="status" type="secondary">
        {t('sql.rows', { rows: rows.length.toLocaleString(), ms: Math.round(ms).toLocaleString() })}
        {more && ` ${t('sql.more', { rows: MOST_ROWS.toLocaleString() })}`}
      </Typography.Text>
      <Table<{ readonly row: Row; readonly at: number }>
        size="small"
        rowKey="at"
        dataSource={rows.map((row, at) => ({ row, at }))}
        columns={columns.map((column, i) => tableColumn(column, i))}
        locale={{ emptyText: t('sql.none') }}
        scroll={{ x: 'max-content' }}
        pagination={{ pageSizeOptions: SIZES, defaultPageSize: SIZES[0]!, hideOnSinglePage: rows.length <= SIZES[0]! }}
      />
    </Flex>
  );
}

function tableColumn({ name, type }: SqlColumn, i: number) {
  return {
    key: i,
    title: <span title={type.toLowerCase()}>{name}</span>,
    ...(NUMBERS.test(type) && { align: 'right' as const }),
    render: (_: unknown, { row }: { readonly row: Row }) => <Cell value={row[i] ?? null} />,
  };
}

function Cell({ value }: { readonly value: SqlValue }) {
  if (value === null) return <span className="sql-null">NULL</span>;
  return <span className="sql-cell">{typeof value === 'object' ? JSON.stringify(value) : String(value)}</span>;
}
