/**
 * What PostgreSQL's users write and DuckDB would read otherwise, written so that DuckDB reads it as meant: `->` and `->>`
 * bind tighter than comparisons, `~` finds anywhere, `jsonb` is `json`. And what is ours: `selector(labels, '…')`.
 */
import { type Token, tokensOf } from './lexer.ts';
import { noText, selectorCondition } from './selector-call.ts';

export interface Translated {
  readonly sql: string;
  /** A place in the translation as a place in the original, both counted from 1. */
  readonly original: (position: number) => number;
}

/** A stretch of the original and what stands for it. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const ARROWS = new Set(['->', '->>']);
const MATCHES: Readonly<Record<string, (a: string, b: string) => string>> = {
  '~': (a, b) => `regexp_matches(${a}, ${b})`,
  '~*': (a, b) => `regexp_matches(${a}, ${b}, 'i')`,
  '!~': (a, b) => `(NOT regexp_matches(${a}, ${b}))`,
  '!~*': (a, b) => `(NOT regexp_matches(${a}, ${b}, 'i'))`,
};
/** Words after which an operand begins; they end no operand themselves. */
const KEYWORDS = new Set(
  'select where and or not on having when then else case by in is between like ilike limit offset from distinct all any as using'.split(
    ' ',
  ),
);

const SPECIAL_WORD = /^(jsonb|selector)$/i;

/** @throws EngineError for a selector that is none */
export function translate(sql: string): Translated {
  const tokens = tokensOf(sql);
  const special = tokens.some(({ text }) => ARROWS.has(text) || text in MATCHES || SPECIAL_WORD.test(text));
  if (!special) return { sql, original: (position) => position };
  const pieces = new Translation(sql, tokens).pieces();
  return assemble(sql, pieces);
}

class Translation {
  readonly #sql: string;
  /** Tokens, some of them grown together; each with the text that stands for it. */
  readonly #items: (Token & { translated?: string })[];

  constructor(sql: string, tokens: readonly Token[]) {
    this.#sql = sql;
    this.#items = [...tokens];
  }

  pieces(): Piece[] {
    this.#items.forEach((item, i) => {
      if (item.kind === 'word' && /^jsonb$/i.test(item.text)) this.#items[i] = { ...item, translated: 'json' };
    });
    this.#join(
      (text) => ARROWS.has(text),
      (a, b, operator) => `(${a}${operator}${b})`,
    );
    this.#join(
      (text) => text in MATCHES,
      (a, b, operator) => MATCHES[operator]!(a, b),
    );
    this.#selectors();
    return this.#items.flatMap(({ start, end, translated }) =>
      translated === undefined ? [] : [{ start, end, text: translated }],
    );
  }

  #join(isOperator: (text: string) => boolean, make: (a: string, b: string, operator: string) => string): void {
    for (let i = 0; i < this.#items.length; i++) {
      const { kind, text } = this.#items[i]!;
      if (kind !== 'operator' || !isOperator(text)) continue;
      const [first, last] = [this.#operandBefore(i), this.#operandAfter(i)];
      if (first === undefined || last === undefined || (text === '->' && this.#isLambda(i))) continue;
      const translated = make(this.#text(first, i - 1), this.#text(i + 1, last), text);
      const [start, end] = [this.#items[first]!.start, this.#items[last]!.end];
      this.#items.splice(first, last - first + 1, { kind: 'quoted', text: '', start, end, translated });
      i = first;
    }
  }

  /** The innermost come first: their text is part of the others'. */
  #selectors(): void {
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const { kind, text } = this.#items[i]!;
      if (kind !== 'word' || !/^selector$/i.test(text) || !this.#is(i + 1, '(') || this.#is(i - 1, '.')) continue;
      const close = this.#closing(i + 1);
      if (close !== undefined) this.#selector(i, close);
    }
  }

  #selector(at: number, close: number): void {
    const [comma, literal] = [close - 2, this.#items[close - 1]!];
    if (comma < at + 3 || !this.#is(comma, ',') || literal.kind !== 'text' || !/^['$]/.test(literal.text))
      throw noText(this.#items[at]!.start + 1);
    const translated = selectorCondition(this.#text(at + 2, comma - 1), literal.text, literal.start + 1);
    const [start, end] = [this.#items[at]!.start, this.#items[close]!.end];
    this.#items.splice(at, close - at + 1, { kind: 'quoted', text: '', start, end, translated });
  }

  /** `x -> x + 1` is a function; an arrow into a document is followed by a key. */
  #isLambda(arrow: number): boolean {
    return !['text', 'number', 'parameter'].includes(this.#items[arrow + 1]?.kind ?? '');
  }

  /** The first token of the operand that ends before `at`. */
  #operandBefore(at: number): number | undefined {
    let i = at - 1;
    while (i >= 0 && (this.#is(i, ')') || this.#is(i, ']'))) {
      const open = this.#opening(i);
      if (open === undefined) return undefined;
      i = open;
      if (
        !this.#endsOperand(i - 1) ||
        (this.#items[i - 1]!.kind === 'word' && KEYWORDS.has(this.#items[i - 1]!.text.toLowerCase()))
      )
        return i;
      i--;
    }
    if (!this.#endsOperand(i)) return undefined;
    while (i >= 2 && this.#is(i - 1, '.')) i -= 2;
    return this.#is(i - 1, '::') ? this.#operandBefore(i - 1) : i;
  }

  /** The last token of the operand that begins after `at`. */
  #operandAfter(at: number): number | undefined {
    let i = at + 1;
    if (this.#is(i, '(')) i = this.#closing(i) ?? -1;
    if (i < 0 || !this.#items[i] || this.#items[i]!.kind === 'operator') return undefined;
    for (;;) {
      const next: number | undefined = this.#further(i);
      if (next === undefined || next >= this.#items.length) return undefined;
      if (next === i) return i;
      i = next;
    }
  }

  /** Where an operand that has come so far goes on: itself at its end, nothing where a bracket stays open. */
  #further(i: number): number | undefined {
    if (this.#is(i + 1, '.') || this.#is(i + 1, '::')) return i + 2;
    const called = (this.#is(i + 1, '(') || this.#is(i + 1, '[')) && this.#endsOperand(i);
    return called ? this.#closing(i + 1) : i;
  }

  #endsOperand(i: number): boolean {
    const item = this.#items[i];
    if (!item) return false;
    if (item.kind === 'word') return !KEYWORDS.has(item.text.toLowerCase());
    return ['quoted', 'text', 'number', 'parameter'].includes(item.kind) || item.text === ')' || item.text === ']';
  }

  #opening(close: number): number | undefined {
    let depth = 0;
    for (let i = close; i >= 0; i--) {
      if (this.#is(i, ')') || this.#is(i, ']')) depth++;
      if ((this.#is(i, '(') || this.#is(i, '[')) && --depth === 0) return i;
    }
    return undefined;
  }

  #closing(open: number): number | undefined {
    let depth = 0;
    for (let i = open; i < this.#items.length; i++) {
      if (this.#is(i, '(') || this.#is(i, '[')) depth++;
      if ((this.#is(i, ')') || this.#is(i, ']')) && --depth === 0) return i;
    }
    return undefined;
  }

  #is(i: number, text: string): boolean {
    const item = this.#items[i];
    return item?.kind === 'punctuation' && item.text === text;
  }

  #text(first: number, last: number): string {
    let text = '';
    for (let i = first; i <= last; i++) {
      const item = this.#items[i]!;
      const gap = i === first ? '' : this.#sql.slice(this.#items[i - 1]!.end, item.start);
      text += gap + (item.translated ?? item.text);
    }
    return text;
  }
}

function assemble(sql: string, pieces: readonly Piece[]): Translated {
  let translated = '';
  let at = 0;
  const marks: { readonly from: number; readonly to: number }[] = [];
  for (const piece of pieces) {
    translated += sql.slice(at, piece.start);
    marks.push({ from: translated.length, to: piece.start });
    translated += piece.text;
    marks.push({ from: translated.length, to: piece.end });
    at = piece.end;
  }
  translated += sql.slice(at);
  const original = (position: number) => {
    const mark = marks.findLast(({ from }) => from < position) ?? { from: 0, to: 0 };
    return Math.min(position - mark.from + mark.to, sql.length + 1);
  };
  return { sql: translated, original };
}
