/** What somebody has asked from this browser, the newest first. It stays here. */
import { useState } from 'react';

const MANY = 50;
const LONGEST = 10_000;

export interface Asked {
  readonly sql: string;
  readonly at: number;
}

export interface History {
  readonly asked: readonly Asked[];
  readonly note: (sql: string) => void;
  readonly clear: () => void;
}

/** Each person has a history of their own. */
export function useHistory(person: string): History {
  const place = `jdos.sql.${person}`;
  const [asked, setAsked] = useState(() => read(place));
  const keep = (next: readonly Asked[]) => {
    setAsked(next);
    write(place, next);
  };
  return {
    asked,
    note(sql) {
      const others = read(place).filter((one) => one.sql !== sql);
      if (sql.length <= LONGEST) keep([{ sql, at: Date.now() }, ...others].slice(0, MANY));
    },
    clear: () => keep([]),
  };
}

function read(place: string): readonly Asked[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isAsked) : [];
  } catch {
    return [];
  }
}

/** A browser without room for it does without. */
function write(place: string, asked: readonly Asked[]): void {
  try {
    localStorage.setItem(place, JSON.stringify(asked));
  } catch {
    localStorage.removeItem(place);
  }
}

function isAsked(one: unknown): one is Asked {
  const { sql, at } = (one ?? {}) as Partial<Asked>;
  return typeof sql === 'string' && typeof at === 'number';
}
