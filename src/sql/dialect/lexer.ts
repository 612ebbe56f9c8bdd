/** SQL as tokens, in the lexical rules that PostgreSQL and DuckDB share. */

export type TokenKind = 'word' | 'quoted' | 'text' | 'number' | 'parameter' | 'operator' | 'punctuation';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const RULES: readonly (readonly [TokenKind | undefined, RegExp])[] = [
  [undefined, /\s+|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)/y],
  ['text', /[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|[bBxX]?'(?:[^']|'')*(?:'|$)/y],
  ['text', /\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/y],
  ['quoted', /"(?:[^"]|"")*(?:"|$)/y],
  ['parameter', /\$\d+/y],
  ['number', /(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['punctuation', /[()[\]{},;]|\.|::/y],
  ['operator', /[-+*/<>=~!@#%^&|`?:]+/y],
  ['operator', /[\s\S]/y],
];

/** Blanks and comments are left out. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; ) {
    const [kind, text] = match(sql, at);
    if (kind) tokens.push({ kind, text, start: at, end: at + text.length });
    at += text.length;
  }
  return tokens;
}

/** The statements of a text that holds several; empty ones are left out. */
export function statementsOf(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let any = false;
  for (const token of tokensOf(sql)) {
    if (token.text !== ';') any = true;
    else {
      if (any) statements.push(sql.slice(start, token.start));
      [start, any] = [token.end, false];
    }
  }
  if (any) statements.push(sql.slice(start));
  return statements;
}

function match(sql: string, at: number): [TokenKind | undefined, string] {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(sql);
    if (found) return [kind, kind === 'operator' ? withoutComment(found[0]) : found[0]];
  }
  return [undefined, sql[at]!];
}

/** An operator ends where a comment begins. */
function withoutComment(text: string): string {
  const comment = text.search(/--|\/\*/);
  return comment > 0 ? text.slice(0, comment) : text;
}
