/** Which tables and columns there are, with their units; a name that is chosen goes into the query. */
import { Button, Collapse, Empty, Input, Tag, Tooltip, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SqlTable } from '../../api/sql.ts';
import { lengthOfTime } from '../../parts/time.tsx';

interface TablesProps {
  readonly tables: readonly SqlTable[];
  readonly onChoose: (name: string) => void;
}

export function Tables({ tables, onChoose }: TablesProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const shown = useMemo(() => found(tables, search.trim().toLowerCase()), [tables, search]);
  return (
    <section className="sql-tables" aria-label={t('sql.tables')}>
      <Input
        allowClear
        aria-label={t('sql.search')}
        placeholder={t('sql.search')}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      {shown.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('list.none-found')} />
      ) : (
        <Collapse
          size="small"
          ghost
          items={shown.map((table) => ({
            key: nameOf(table),
            label: <Head table={table} />,
            children: <Columns table={table} onChoose={onChoose} />,
          }))}
        />
      )}
    </section>
  );
}

function nameOf({ schema, name }: SqlTable): string {
  return schema === 'k8s' ? name : `${schema}.${name}`;
}

/** Tables under their shortest names whose name or one of whose columns holds the text. */
function found(tables: readonly SqlTable[], text: string): readonly SqlTable[] {
  const own = tables.filter(({ alias }) => !alias);
  if (!text) return own;
  return own.filter((table) => nameOf(table).includes(text) || table.columns.some(({ name }) => name.includes(text)));
}

function Head({ table }: { readonly table: SqlTable }) {
  const { t, i18n } = useTranslation();
  const { state, silentSeconds, error } = table;
  const silent = silentSeconds === undefined ? '' : ` ${lengthOfTime(silentSeconds * 1000, i18n.language)}`;
  return (
    <>
      <code>{nameOf(table)}</code>{' '}
      {state && state !== 'live' && (
        <Tooltip title={error}>
          <Tag className={`state ${state === 'syncing' ? 'waiting' : 'uneasy'}`}>
            {t(`sql.state.${state}`)}
            {silent}
          </Tag>
        </Tooltip>
      )}
    </>
  );
}

function Columns({ table, onChoose }: { readonly table: SqlTable; readonly onChoose: (name: string) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Typography.Paragraph type="secondary">{table.doc}</Typography.Paragraph>
      <Button size="small" onClick={() => onChoose(nameOf(table))}>
        {t('sql.insert', { name: nameOf(table) })}
      </Button>
      <ul className="plain">
        {table.columns.map(({ name, type, unit, doc }) => (
          <li key={name}>
            <Tooltip title={doc}>
              <Button type="text" size="small" onClick={() => onChoose(name)}>
                <code>{name}</code>
              </Button>
            </Tooltip>
            <Typography.Text type="secondary">
              {unit ? `${type.toLowerCase()}, ${unit}` : type.toLowerCase()}
            </Typography.Text>
          </li>
        ))}
      </ul>
    </>
  );
}
