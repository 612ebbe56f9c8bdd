import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('twenty thousand mutated requests find no crash and no 500', async () => {
  const { findings, codes } = await fuzz({ seed: 1, inputs: 20_000 });
  expect(findings).toEqual([]);
  // Some must get through, or only the front door would be tried.
  expect((codes.get(201) ?? 0) + (codes.get(200) ?? 0)).toBeGreaterThan(500);
});
