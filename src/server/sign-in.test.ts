import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '../records/index.ts';
import { FailureStore } from './accounts/failure-store.ts';
import { createFirstAdmin } from './accounts/first-admin.ts';
import { openTestServer, PASSWORD, type TestServer } from './server.testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('the first administrator', () => {
  it('gets a password once, and can do nothing before he has chosen another', async () => {
    const password = await createFirstAdmin(server.accounts);
    expect(password).toMatch(/^[\w-]{20}$/);
    expect(await createFirstAdmin(server.accounts)).toBeUndefined();
    const admin = server.person();
    expect((await admin.signIn('admin', password)).json()).toMatchObject({ mustChangePassword: true, role: 'admin' });
    expect((await admin.ask('GET', '/api/v1/accounts')).json()).toMatchObject({ code: 'password-must-change' });
    const change = { old: password, new: 'a wholly new passphrase' };
    expect((await admin.ask('POST', '/api/v1/me/password', change)).json()).toMatchObject({
      mustChangePassword: false,
    });
    expect((await admin.ask('GET', '/api/v1/accounts')).statusCode).toBe(200);
    expect((await server.person().signIn('admin', password)).statusCode).toBe(401);
  });
});

describe('signing in', () => {
  it('sets a cookie that scripts and other sites do not get', async () => {
    await server.signedIn('wang', 'viewer');
    const cookie = (await server.person().signIn('wang')).cookies[0];
    expect(cookie).toMatchObject({ name: 'jdos', httpOnly: true, sameSite: 'Strict', path: '/' });
  });

  it('answers the same for a wrong name, a wrong password and a disabled account', async () => {
    await server.signedIn('li', 'viewer');
    await server.accounts.change('li', 1, { disabled: true }, 'test');
    await server.signedIn('zhao', 'viewer');
    const answers = [
      await server.person().signIn('nobody'),
      await server.person().signIn('li'),
      await server.person().signIn('zhao', 'wrong password!'),
    ].map((answer) => [answer.statusCode, answer.body]);
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]).toEqual([401, expect.stringContaining('sign-in-failed')]);
  });

  it('gives each browser a session of its own, and the cookie that was there before is worth nothing', async () => {
    const person = await server.signedIn('sun', 'viewer');
    const before = person.cookie;
    await person.signIn('sun');
    expect(person.cookie).not.toBe(before);
    const thief = server.person();
    thief.cookie = before;
    expect(await thief.isSignedIn()).toBe(false);
  });

  it('does not take a session that somebody else has thought up', async () => {
    const victim = await server.signedIn('zhou', 'viewer');
    const attacker = server.person();
    attacker.cookie = 'jdos=chosen-by-the-attacker';
    await attacker.signIn('zhou');
    expect(attacker.cookie).not.toContain('chosen-by-the-attacker');
    expect(await victim.isSignedIn()).toBe(true);
  });

  it('is over after signing out, after eight idle hours, and for a disabled account at once', async () => {
    const person = await server.signedIn('wu', 'viewer');
    const old = server.person();
    await old.signIn('wu');
    const copy = server.person();
    copy.cookie = person.cookie;
    await person.ask('POST', '/api/v1/sign-out');
    expect(await copy.isSignedIn()).toBe(false);
    await server.clock.advance(8 * 3_600_000 + 1);
    expect(await old.isSignedIn()).toBe(false);
    const last = server.person();
    await last.signIn('wu');
    await server.accounts.change('wu', 1, { disabled: true }, 'test');
    expect(await last.isSignedIn()).toBe(false);
  });

  it('locks a name after ten wrong passwords, known or not, and says so in the audit of a known one', async () => {
    await server.signedIn('zheng', 'viewer');
    const guess = async (name: string) => {
      let answer = await server.person().signIn(name, 'wrong password!');
      for (let i = 0; i < 9; i++) {
        await server.clock.advance(Number(answer.headers['retry-after'] ?? 0) * 1000);
        answer = await server.person().signIn(name, 'wrong password!');
      }
      return [answer.statusCode, answer.headers['retry-after'], answer.body];
    };
    const known = await guess('zheng');
    expect(known).toEqual([401, '900', expect.any(String)]);
    expect(await guess('no-such-name')).toEqual(known);
    expect((await server.person().signIn('zheng', PASSWORD)).statusCode).toBe(401);
    const audit = await listAudit(server.records, { object: 'account/zheng' });
    expect(audit.items[0]).toMatchObject({ action: 'account.lock', detail: { failures: 10 } });
    await server.clock.advance(15 * 60_000);
    expect((await server.person().signIn('zheng', PASSWORD)).statusCode).toBe(200);
  }, 120_000);

  it('looks at four of the guesses that come at the same time, as at four that come one by one', async () => {
    await server.signedIn('feng', 'viewer');
    const failures = new FailureStore(server.records, server.clock);
    const guesses = Array.from({ length: 20 }, () => server.person().signIn('feng', 'wrong password!'));
    await Promise.all(guesses);
    expect(await failures.of('feng')).toMatchObject({ count: 4 });
    expect((await server.person().signIn('feng', PASSWORD)).headers['retry-after']).toBeDefined();
  }, 120_000);

  it('refuses a new password that is short, plain, the old one or has the name in it', async () => {
    const person = await server.signedIn('chen', 'viewer');
    const fault = async (fresh: string) =>
      (await person.ask('POST', '/api/v1/me/password', { old: PASSWORD, new: fresh })).json<{ fields: unknown }>()
        .fields;
    expect(await fault('short')).toEqual([{ field: 'new', fault: 'too-short' }]);
    expect(await fault('aaaaaaaaaaaaaaaa')).toEqual([{ field: 'new', fault: 'too-plain' }]);
    expect(await fault('my-name-is-chen-yes')).toEqual([{ field: 'new', fault: 'has-name' }]);
    expect(await fault(PASSWORD)).toEqual([{ field: 'new', fault: 'same' }]);
  });

  it('a new password signs out every other browser', async () => {
    const here = await server.signedIn('jiang', 'viewer');
    const there = server.person();
    await there.signIn('jiang');
    await here.ask('POST', '/api/v1/me/password', { old: PASSWORD, new: 'another long sentence' });
    expect(await here.isSignedIn()).toBe(true);
    expect(await there.isSignedIn()).toBe(false);
  });
});
