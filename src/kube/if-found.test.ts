import { expect, it } from 'vitest';
import { ifFound } from './if-found.ts';
import { failure } from './status.ts';

it('is the answer where there is one', async () => {
  expect(await ifFound(Promise.resolve('web'))).toBe('web');
});

it('is undefined for what is not there, or is no more', async () => {
  expect(await ifFound(Promise.reject(failure('NotFound', 'pods "web" not found')))).toBeUndefined();
});

it.each([failure('Forbidden', 'not you'), failure('Conflict', 'another version'), new Error('no connection')])(
  'hides nothing else: %s',
  async (error) => {
    await expect(ifFound(Promise.reject(error))).rejects.toBe(error);
  },
);
