import { expect, it } from 'vitest';
import { hashPassword, passwordFault, passwordMatches } from './password.ts';

it('a password matches its own hash only, and two hashes of it differ', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(hash).toMatch(/^scrypt\$65536\$8\$1\$/);
  expect(hash).not.toContain('horse');
  expect(await passwordMatches('correct horse battery', hash)).toBe(true);
  expect(await passwordMatches('correct horse batterz', hash)).toBe(false);
  expect(await hashPassword('correct horse battery')).not.toBe(hash);
});

it('the same characters in another Unicode form are the same password', async () => {
  expect(await passwordMatches('cafe\u0301-au-lait-noir', await hashPassword('caf\u00e9-au-lait-noir'))).toBe(true);
});

it.each([
  ['short', 'too-short'],
  ['a'.repeat(300), 'too-long'],
  ['abababababababab', 'too-plain'],
  ['zhang.san-2026-spring', 'has-name'],
  ['密码也可以是一句很长的中文句子', undefined],
  ['correct horse battery', undefined],
])('%s: %s', (password, fault) => {
  expect(passwordFault(password, 'Zhang.San')).toBe(fault);
});
