/** An error as RFC 9457 has it, with SQL's code, the place in the text and a hint beside it. */
import { EngineError } from '../../engine/index.ts';

export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** SQLSTATE. */
  readonly code: string;
  readonly position?: number;
  readonly hint?: string;
}

/** What is nobody's error but the program's is told without its words. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof EngineError)) {
    return {
      type: 'about:blank',
      title: 'internal error',
      status: 500,
      detail: 'the query could not be carried out',
      code: 'XX000',
    };
  }
  const { code, message: detail, position, hint } = error;
  const [status, title] = kindOf(code);
  return {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    ...(position !== undefined && { position }),
    ...(hint && { hint }),
  };
}

function kindOf(code: string): [number, string] {
  if (code === '42501' || code === '25006') return [403, 'refused'];
  if (code === '53300') return [429, 'too many queries'];
  if (code === '57P01') return [503, 'the engine is being started again'];
  if (code.startsWith('53') || code.startsWith('54') || code === '57014') return [422, 'stopped'];
  return code === 'XX000' ? [500, 'internal error'] : [400, 'not understood'];
}
