/** Refusals of the HTTP API as RFC 9457 problem documents: a code for programs, a sentence for people in their language. */
import type { FieldFault, MissingRight, ProblemDocument, SqlFault } from './contract/problem.ts';

export type Language = 'zh' | 'en';

/** Title and status of each code. `detail` of the document says more where there is more to say. */
const PROBLEMS = {
  'not-signed-in': [401, '请先登录', 'Sign in first'],
  'sign-in-failed': [401, '用户名或密码不正确', 'Name or password is wrong'],
  'password-must-change': [403, '请先设置新密码', 'Set a new password first'],
  'password-unfit': [422, '新密码不符合要求', 'The new password is unfit'],
  'terminal-idle': [408, '终端长时间无输入，已关闭', 'Nobody has typed for long; the terminal was closed'],
  'too-many-terminals': [429, '打开的终端过多，请先关闭一些', 'Too many terminals are open; close some first'],
  'not-allowed': [403, '没有所需的权限', 'The right to do this is missing'],
  'cluster-refused': [403, '集群拒绝了此操作：缺少权限', 'The cluster refused this: a right is missing'],
  'cross-site': [403, '请求不是来自本控制台', 'The request does not come from this console'],
  'not-found': [404, '不存在', 'There is no such thing'],
  refused: [409, '操作被拒绝', 'This is refused'],
  'not-yet': [504, '已提交，尚未执行', 'Asked for, and not carried out yet'],
  conflict: [409, '对象已被他人修改', 'Somebody else has changed this meanwhile'],
  'bad-request': [400, '请求有误', 'The request is wrong'],
  'bad-field': [422, '字段有误', 'A field is wrong'],
  'too-many': [429, '请求过于频繁，请稍后再试', 'Too many requests; wait a moment'],
  'sql-wrong': [400, '查询有误', 'The query is wrong'],
  'sql-refused': [403, '查询被拒绝', 'The query is refused'],
  'sql-stopped': [422, '查询已被停止', 'The query was stopped'],
  'sql-busy': [429, '正在执行的查询过多，请稍后再试', 'Too many queries run; wait a moment'],
  'sql-away': [503, '查询引擎正在重启，请稍后再试', 'The query engine is being started again; wait a moment'],
  'too-large': [413, '请求过大', 'The request is too large'],
  'provider-away': [502, '身份提供方没有应答', 'The identity provider does not answer'],
  'cluster-away': [502, '集群没有应答', 'The cluster does not answer'],
  internal: [500, '内部错误', 'Internal error'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemOptions extends ErrorOptions {
  readonly sql?: SqlFault;
  readonly right?: MissingRight;
  readonly detail?: string;
  readonly fields?: readonly FieldFault[];
  readonly retryAfterSeconds?: number;
}

/** Thrown by routes; the server's error handler answers it. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly fields: readonly FieldFault[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly right: MissingRight | undefined;
  readonly sql: SqlFault | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ? `${code}: ${options.detail}` : code, options);
    this.name = 'Problem';
    this.code = code;
    this.detail = options.detail;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.right = options.right;
    this.sql = options.sql;
  }

  get status(): number {
    return PROBLEMS[this.code][0];
  }

  /** The document of RFC 9457, section 3. */
  document(language: Language): ProblemDocument {
    const [status, zh, en] = PROBLEMS[this.code];
    return {
      type: `urn:jdos:problem:${this.code}`,
      title: language === 'zh' ? zh : en,
      status,
      code: this.code,
      ...(this.detail && { detail: this.detail }),
      ...(this.fields && { fields: this.fields }),
      ...(this.right && { right: this.right }),
      ...(this.sql && { sql: this.sql }),
    };
  }
}

/** The first language that the header names and that there is; Chinese is at home here. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const named = /\b(zh|en)\b/i.exec(acceptLanguage ?? '')?.[1]?.toLowerCase();
  return named === 'en' ? 'en' : 'zh';
}
