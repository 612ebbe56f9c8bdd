import { describe, expect, it } from 'vitest';
import { created, words } from './fixture.ts';
import { refusals } from './refusal-cases.ts';

describe('a new object is refused', () => {
  it.each(refusals)('%s %#', (kind, draft, refusal) => {
    expect(words(created(kind, draft).errors)).toBe(refusal);
  });
});
