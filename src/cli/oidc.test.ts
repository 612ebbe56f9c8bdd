import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type OidcFlags, oidcOf } from './oidc.ts';

const URL = 'https://jdos.example/';
const none = { oidcViewers: [], oidcOperators: [], oidcAdmins: [] };
const whole: OidcFlags = { ...none, oidcIssuer: 'https://id.example', oidcClientId: 'jdos', oidcAdmins: ['ops'] };
const env = { JDOS_OIDC_CLIENT_SECRET: 'from the environment\n' };

it('no provider is asked for without an issuer', () => {
  expect(oidcOf(none, URL, env)).toBeUndefined();
});

it('the secret comes from a file or the environment, never from the command line', () => {
  expect(oidcOf(whole, URL, env)).toMatchObject({ clientSecret: 'from the environment', url: 'https://jdos.example' });
  const file = join(mkdtempSync(join(tmpdir(), 'jdos-oidc-')), 'secret');
  writeFileSync(file, 'from the file\n');
  expect(oidcOf({ ...whole, oidcClientSecretFile: file }, URL, env)?.clientSecret).toBe('from the file');
});

it.each([
  ['--oidc-issuer', { oidcIssuer: 'not an address' }, env],
  ['--oidc-client-id', { oidcClientId: '' }, env],
  ['--oidc-client-secret-file', {}, {}],
  ['--oidc-client-secret-file', { oidcClientSecretFile: '/nowhere' }, env],
  ['--oidc-viewers', { oidcAdmins: [] }, env],
])('what is missing is named: %s', (flag, change, environment) => {
  expect(() => oidcOf({ ...whole, ...change }, URL, environment)).toThrow(flag);
});

it('plain HTTP is for providers on this machine only', () => {
  expect(oidcOf({ ...whole, oidcIssuer: 'http://127.0.0.1:9000/x' }, URL, env)?.insecure).toBe(true);
  expect(oidcOf({ ...whole, oidcIssuer: 'http://id.example/' }, URL, env)?.insecure).toBeUndefined();
});
