/** Why a query was not carried out: in the reader's language, in the engine's words, and the place in the text. */
import { Alert } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';

interface FaultProps {
  readonly error: Error;
  /** The query as it was asked. */
  readonly sql: string;
}

export function Fault({ error, sql }: FaultProps) {
  const { t } = useTranslation();
  if (!(error instanceof Problem) || !error.sql) return <RefusalAlert error={error} />;
  const { position, hint } = error.sql;
  return (
    <Alert
      type="error"
      showIcon
      title={meaningOf(error, t)}
      description={
        <>
          <div>{error.detail}</div>
          {hint && <div>{hint}</div>}
          {position !== undefined && <Place sql={sql} position={position} />}
        </>
      }
    />
  );
}

const STATES = ['25006', '42501', '42601', '42703', '42P01', '53200', '53300', '54000', '57014', '57P01'] as const;

function meaningOf({ sql, title }: Problem, t: TFunction): string {
  const state = STATES.find((one) => one === sql?.state);
  return state ? t(`sql.fault.${state}`) : title;
}

/** The line with a caret below it. */
function Place({ sql, position }: { readonly sql: string; readonly position: number }) {
  const { t } = useTranslation();
  const before = sql.slice(0, position - 1).split('\n');
  const [line, column] = [before.length, before.at(-1)!.length + 1];
  const from = Math.max(0, column - 40);
  const shown = sql.split('\n')[line - 1]!.slice(from, from + 80);
  return (
    <>
      <div>{t('sql.place', { line, column })}</div>
      <pre className="sql-place">{`${shown}\n${' '.repeat(column - 1 - from)}^`}</pre>
    </>
  );
}
