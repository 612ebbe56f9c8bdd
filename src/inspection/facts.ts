/** What the collector said of one host, and reading it: a fact that is missing, failed or malformed is never a value. */

export interface Fact {
  readonly lines: readonly string[];
  /** Why it, or the rest of it, could not be read. */
  readonly error?: string;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

/** Thrown by whoever needs a fact that is not there in a readable form; the check is Unknown then. */
export class Unreadable extends Error {
  readonly fact: string;
  readonly reason: string;
  /** The text as it came. */
  readonly raw: string;

  constructor(fact: string, reason: string, raw = '') {
    super(`${fact}: ${reason}`);
    this.name = 'Unreadable';
    this.fact = fact;
    this.reason = reason;
    this.raw = raw;
  }
}

export interface Asked {
  readonly from: number;
  readonly until: number;
}

interface FactsHead {
  readonly startedAt: number;
  readonly uptime: number;
  readonly whole: boolean;
  readonly asked: Asked | undefined;
}

export class Facts {
  readonly #facts: ReadonlyMap<string, Fact>;
  /** When the collector began, by the clock of its host. */
  readonly startedAt: number;
  /** Seconds since the host's start, then. */
  readonly uptime: number;
  /** Nothing was cut off. */
  readonly whole: boolean;
  /** Between these moments the host was asked, by the clock of who asked. */
  readonly asked: Asked | undefined;

  constructor(facts: ReadonlyMap<string, Fact>, head: FactsHead) {
    this.#facts = facts;
    this.startedAt = head.startedAt;
    this.uptime = head.uptime;
    this.whole = head.whole;
    this.asked = head.asked;
  }

  names(): string[] {
    return [...this.#facts.keys()];
  }

  find(name: string): Fact | undefined {
    return this.#facts.get(name);
  }

  /** A fact that was read whole. @throws Unreadable */
  lines(name: string): readonly string[] {
    const fact = this.#facts.get(name);
    if (!fact) throw new Unreadable(name, this.whole ? 'the collector does not tell it' : 'the answer was cut off');
    if (fact.error !== undefined) throw new Unreadable(name, fact.error, fact.lines.join('\n'));
    return fact.lines;
  }

  /** Is it said that there is no such thing on the host? @throws Unreadable */
  absent(name: string): boolean {
    const lines = this.lines(name);
    return lines.length === 0 || lines[0] === 'absent';
  }

  /** What follows `key` on the first line that begins with it. @throws Unreadable when the fact is not there */
  text(name: string, key: string): string | undefined {
    const line = this.lines(name).find((candidate) => candidate.startsWith(`${key} `));
    return line?.slice(key.length + 1).trim();
  }

  /** All that follow `key`. @throws Unreadable when the fact is not there */
  all(name: string, key: string): string[] {
    return this.lines(name)
      .filter((line) => line.startsWith(`${key} `))
      .map((line) => line.slice(key.length + 1).trim());
  }

  /** @throws Unreadable when it is missing or no number */
  number(name: string, key: string): number {
    const text = this.text(name, key);
    if (text === undefined) throw new Unreadable(name, `no ${key}`, this.lines(name).join('\n'));
    return numberIn(name, text);
  }

  /** Undefined where the line is not there. @throws Unreadable when it is no number */
  maybe(name: string, key: string): number | undefined {
    const text = this.text(name, key);
    return text === undefined || text === '' ? undefined : numberIn(name, text);
  }
}

/** @throws Unreadable */
export function numberIn(fact: string, text: string): number {
  if (!/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)) throw new Unreadable(fact, 'not a number', text);
  return Number(text);
}

const HEAD = /^jdos-facts 1 (\d+) (\d+(?:\.\d+)?)$/;
const BEGIN = /^@ (\S+) (\d+(?:\.\d+)?)$/;

/** @throws Unreadable when the text is not the collector's */
export function parseFacts(text: string, asked?: Asked): Facts {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => HEAD.test(line));
  if (start < 0) throw new Unreadable('collector', 'its answer has another form', text.slice(0, 500));
  const [, epoch, uptime] = HEAD.exec(lines[start]!)!;
  const startedAt = Number(epoch) * 1000;
  const facts = new Map<string, Fact>();
  let open: { name: string; lines: string[]; error?: string; readAt: number } | undefined;
  let whole = false;
  const close = () => {
    if (open && !facts.has(open.name)) facts.set(open.name, open);
  };
  for (const line of lines.slice(start + 1)) {
    const begin = BEGIN.exec(line);
    if (begin) {
      close();
      open = { name: begin[1]!, lines: [], readAt: startedAt + Math.round((Number(begin[2]) - Number(uptime)) * 1000) };
    } else if (line.startsWith('|')) open?.lines.push(line.slice(1));
    else if (line.startsWith('! ') && open && open.error === undefined) open.error = line.slice(2);
    else if (line === '=') {
      whole = true;
      break;
    }
  }
  if (open && !whole && open.error === undefined) open.error = 'the answer was cut off';
  close();
  return new Facts(facts, { startedAt, uptime: Number(uptime), whole, asked });
}
