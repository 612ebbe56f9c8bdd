import { describe, expect, it } from 'vitest';
import type { Caller } from '../handlers/request.ts';
import type { Incoming } from '../http/writer.ts';
import { SignIn } from './sign-in.ts';

const ROBOT: Caller = { name: 'robot', groups: ['robots'] };
const signIn = new SignIn([async () => undefined, async (token) => (token === 'good' ? ROBOT : undefined)]);

interface Shown {
  readonly authorization?: string;
  readonly subject?: object;
  readonly authorized?: boolean;
}

function asked({ authorization, subject, authorized = true }: Shown): Incoming {
  const socket = { authorized, getPeerCertificate: () => (subject ? { subject } : {}) };
  return { headers: { ...(authorization && { authorization }) }, socket } as unknown as Incoming;
}

describe('a caller is', () => {
  it.each<[string, Shown, Caller | undefined]>([
    [
      'whose token it is',
      { authorization: 'Bearer good' },
      { name: 'robot', groups: ['robots', 'system:authenticated'] },
    ],
    [
      'read in any case',
      { authorization: 'bearer good' },
      { name: 'robot', groups: ['robots', 'system:authenticated'] },
    ],
    ['nobody by a bad token', { authorization: 'Bearer bad' }, undefined],
    [
      'nobody by a bad token with a good certificate',
      { authorization: 'Bearer bad', subject: { CN: 'ann' } },
      undefined,
    ],
    [
      'whom the certificate names',
      { subject: { CN: 'ann', O: 'staff' } },
      { name: 'ann', groups: ['staff', 'system:authenticated'] },
    ],
    [
      'in all groups of the certificate',
      { subject: { CN: 'ann', O: ['a', 'b'] } },
      { name: 'ann', groups: ['a', 'b', 'system:authenticated'] },
    ],
    [
      'by certificate whatever else is said',
      { authorization: 'Basic eDp5', subject: { CN: 'ann' } },
      { name: 'ann', groups: ['system:authenticated'] },
    ],
    ['nobody by a certificate of another authority', { subject: { CN: 'ann' }, authorized: false }, undefined],
    ['nobody by a certificate without a name', { subject: { O: 'system:masters' } }, undefined],
    ['nobody by nothing', {}, undefined],
  ])('%s', async (_, shown, caller) => {
    expect(await signIn.identify(asked(shown))).toEqual(caller);
  });
});

it('a connection keeps the caller of its certificate', async () => {
  const request = asked({ subject: { CN: 'ann' } });
  const first = await signIn.identify(request);
  expect(await signIn.identify(request)).toBe(first);
});
