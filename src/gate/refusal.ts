/** Why a statement is not carried out: a code that PostgreSQL's clients know, a place in the text, and what to do instead. */
import { EngineError } from '../engine/index.ts';

interface Place {
  readonly position?: number | undefined;
  readonly hint?: string | undefined;
}

function refusal(code: string, message: string, { position, hint }: Place = {}): EngineError {
  return new EngineError(code, message, { ...(position !== undefined && { position }), ...(hint && { hint }) });
}

/** Statements by which something would change. */
export function readOnly(keyword: string, origin: string): EngineError {
  return refusal('25006', `${keyword} is refused: these tables can only be read`, {
    hint: `${origin} SELECT, WITH, VALUES, TABLE and EXPLAIN are answered.`,
  });
}

export function oneStatement(count: number): EngineError {
  return refusal('42601', `${count} statements came in one text; one at a time is answered`);
}

export function forbidden(message: string, place: Place = {}): EngineError {
  return refusal('42501', message, place);
}

export function noSuchTable(name: string, candidates: readonly string[], position?: number): EngineError {
  const hint = candidates.length > 0 ? `Did you mean ${candidates.map((one) => `"${one}"`).join(' or ')}?` : undefined;
  return refusal('42P01', `there is no table "${name}"`, { position, hint });
}

/** Says the same whether the table exists or not. */
export function noRight(name: string, position?: number): EngineError {
  const bare = name.replace(/__.*/, '').replaceAll('_', '');
  return refusal('42501', `table "${name}" is not among those you may read`, {
    position,
    hint: `Each needs the right to list its kind: here the verb "list" on the resource "${bare}", in the cluster or in some namespace.`,
  });
}
