/** SQL over everything that one may see: a query, its rows, and the tables that there are. A link carries the query, never its answer. */
import { CaretRightOutlined, DownloadOutlined, HistoryOutlined, StopOutlined } from '@ant-design/icons';
import { Alert, App, Button, Dropdown, Flex, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem.ts';
import { useMe } from '../../api/session.ts';
import { sqlAsCsv, useSqlTables } from '../../api/sql.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { Editor, type EditorHandle } from './editor.tsx';
import { Fault } from './fault.tsx';
import { type History, useHistory } from './history.ts';
import { Result } from './result.tsx';
import { type Run, useRun } from './run.ts';
import { Tables } from './tables.tsx';

/** A server takes no longer address. */
const LONGEST_LINK = 4000;
const NO_TABLES = { tables: [] };

export default function Sql() {
  const { t } = useTranslation();
  const me = useMe();
  const [url, change] = useUrlState();
  const linked = url.q ?? '';
  const [text, setText] = useState(linked);
  const { data: { tables } = NO_TABLES, error: noTables, refetch } = useSqlTables();
  const { run, start, cancel } = useRun();
  const history = useHistory(me?.name ?? '');
  const editor = useRef<EditorHandle>(null);
  const asked = useRef(linked);
  // Another link, or the way back.
  useEffect(() => {
    if (linked !== asked.current) editor.current?.replace(linked);
    asked.current = linked;
  }, [linked]);
  const ask = () => {
    if (text.trim() === '') return;
    if (encodeURIComponent(text).length <= LONGEST_LINK) {
      asked.current = text;
      change({ q: text });
    }
    history.note(text);
    start(text);
  };
  return (
    <section>
      <PageTitle title={t('menu.sql')} />
      <div className="sql-page">
        <Flex vertical gap="small" className="sql-work">
          <Editor
            first={linked}
            onChange={setText}
            onRun={ask}
            tables={tables}
            fault={faultOf(run, text)}
            handle={editor}
          />
          <Flex gap="small" wrap align="center">
            <Button type="primary" icon={<CaretRightOutlined />} loading={run.state === 'running'} onClick={ask}>
              {t('sql.run')}
            </Button>
            <Button icon={<StopOutlined />} disabled={run.state !== 'running'} onClick={cancel}>
              {t('sql.cancel')}
            </Button>
            <CsvButton sql={text} />
            <HistoryButton history={history} onChoose={(sql) => editor.current?.replace(sql)} />
          </Flex>
          <div aria-live="polite">
            <Outcome run={run} />
          </div>
        </Flex>
        {noTables && tables.length === 0 ? (
          <RefusalAlert error={noTables} onRetry={() => void refetch()} />
        ) : (
          <Tables tables={tables} onChoose={(name) => editor.current?.insert(name)} />
        )}
      </div>
    </section>
  );
}

/** The mark goes when the text is no longer the one that was wrong. */
function faultOf(run: Run, text: string) {
  if (run.state !== 'refused' || run.sql !== text || !(run.error instanceof Problem)) return undefined;
  const position = run.error.sql?.position;
  return position === undefined ? undefined : { position, message: run.error.detail ?? run.error.title };
}

function Outcome({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  if (run.state === 'running') return <Spin description={t('sql.running')} />;
  if (run.state === 'cancelled') return <Alert type="info" showIcon title={t('sql.cancelled')} />;
  if (run.state === 'refused') return <Fault error={run.error} sql={run.sql} />;
  return run.state === 'answered' ? <Result answer={run.answer} ms={run.ms} /> : null;
}

/** All rows, not only those that the page shows. */
function CsvButton({ sql }: { readonly sql: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [asking, setAsking] = useState<AbortController>();
  useEffect(() => () => asking?.abort(), [asking]);
  const download = async () => {
    const own = new AbortController();
    setAsking(own);
    try {
      save(await sqlAsCsv(sql, own.signal));
    } catch (error) {
      if (!own.signal.aborted) message.error(error instanceof Problem ? (error.detail ?? error.title) : String(error));
    } finally {
      setAsking(undefined);
    }
  };
  return (
    <Button
      icon={<DownloadOutlined />}
      loading={asking !== undefined}
      disabled={!sql.trim()}
      onClick={() => void download()}
    >
      {t('sql.csv')}
    </Button>
  );
}

function save(file: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = 'jdos.csv';
  link.click();
  URL.revokeObjectURL(link.href);
}

function HistoryButton({
  history: { asked, clear },
  onChoose,
}: {
  readonly history: History;
  readonly onChoose: (sql: string) => void;
}) {
  const { t } = useTranslation();
  const items = asked.map(({ sql }, i) => ({
    key: i,
    label: <code className="sql-past">{sql}</code>,
    onClick: () => onChoose(sql),
  }));
  const all = [
    ...items,
    { type: 'divider' as const },
    { key: 'clear', danger: true, label: t('sql.forget'), onClick: clear },
  ];
  return (
    <Dropdown trigger={['click']} disabled={asked.length === 0} menu={{ items: all, className: 'sql-history' }}>
      <Button icon={<HistoryOutlined />}>{t('sql.history')}</Button>
    </Dropdown>
  );
}
