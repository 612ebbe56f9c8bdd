/** What `resourceVersion`, `resourceVersionMatch`, `limit` and `continue` of a list or watch mean together. */
import { failure } from '../../kube/index.ts';

export interface ContinueToken {
  /** The snapshot that all pages show; -1 means whatever is there now. */
  readonly rev: number;
  /** The last key of the page before. */
  readonly after: string;
  /** How many objects were left after that page; undefined when selectors leave it open. */
  readonly remaining?: number;
}

export interface ListPlan {
  /** Show exactly this revision; undefined: the newest. */
  readonly exact: number | undefined;
  /** Wait until the store has come this far. */
  readonly atLeast: number;
  /** 0: all at once. */
  readonly limit: number;
  readonly token: ContinueToken | undefined;
}

const API = 'meta.k8s.io/v1';

/** Reads and checks the parameters of a list; wrong combinations are refused as Kubernetes refuses them. */
export function planList(query: URLSearchParams): ListPlan {
  const rv = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const more = query.get('continue') ?? '';
  checkMatch(match, rv, more !== '');
  if (query.get('sendInitialEvents'))
    throw invalidOption('sendInitialEvents', 'Forbidden', 'sendInitialEvents is forbidden for list');
  const limit = parseLimit(query.get('limit'));
  if (more) {
    if (rv !== '' && rv !== '0')
      throw failure('BadRequest', 'specifying resource version is not allowed when using continue');
    const token = parseContinue(more);
    return { exact: token.rev < 0 ? undefined : token.rev, atLeast: 0, limit, token };
  }
  const rev = parseRevision(rv);
  // Before resourceVersionMatch was there, a limit with a revision meant exactly that revision.
  const exact = rev > 0 && (match === 'Exact' || (match === '' && limit > 0)) ? rev : undefined;
  const cached = rv === '0' && match !== 'Exact';
  return { exact, atLeast: exact === undefined ? rev : 0, limit: cached ? 0 : limit, token: undefined };
}

export function checkMatch(match: string, rv: string, continued: boolean): void {
  if (match === '') return;
  const field = 'resourceVersionMatch';
  if (rv === '')
    throw invalidOption(field, 'Forbidden', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (continued) throw invalidOption(field, 'Forbidden', 'resourceVersionMatch is forbidden when continue is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan')
    throw invalidOption(
      field,
      'NotSupported',
      `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan"`,
    );
  if (match === 'Exact' && rv === '0')
    throw invalidOption(field, 'Forbidden', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
}

/** A revision as clients send it; empty means 0. */
export function parseRevision(text: string): number {
  if (text === '') return 0;
  const rev = /^\d{1,20}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(rev))
    throw failure(
      'BadRequest',
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return rev;
}

export function invalidOption(field: string, reason: 'Forbidden' | 'NotSupported', message: string) {
  const text = reason === 'Forbidden' ? `Forbidden: ${message}` : message;
  return failure('Invalid', `ListOptions.meta.k8s.io "" is invalid: ${field}: ${text}`, {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes: [{ reason: `FieldValue${reason}`, message: text, field }],
  });
}

function parseLimit(text: string | null): number {
  if (text === null || text === '') return 0;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit))
    throw failure('BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.max(0, limit);
}

export function encodeContinue(token: ContinueToken): string {
  const json = JSON.stringify({ v: API, rv: token.rev, start: token.after, left: token.remaining });
  return Buffer.from(json).toString('base64url');
}

function parseContinue(text: string): ContinueToken {
  try {
    const { v, rv, start, left } = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (v === API && Number.isSafeInteger(rv) && typeof start === 'string' && start)
      return { rev: rv, after: start, ...(Number.isSafeInteger(left) && { remaining: left as number }) };
  } catch {
    // Falls through to the refusal: what the token was does not matter.
  }
  throw failure(
    'BadRequest',
    'invalid continue token: continue key is not valid: the token was not made by this server',
  );
}

/** 504 with the cause by which clients know that they are ahead of this server. */
export function tooLarge(asked: number, current: number) {
  return failure('Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
