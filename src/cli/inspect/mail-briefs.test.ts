import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRun, endRun, savePlan } from '../../inspection/index.ts';
import { VirtualClock } from '../../kube/index.ts';
import { PostOffice } from '../../maintenance/fixture.ts';
import { Ledger, type MailLanguage, setMailSettings } from '../../maintenance/index.ts';
import { newPlace } from '../../records/fixture.ts';
import { openRecords, type Records } from '../../records/index.ts';
import { mailNewBriefs } from './mail-briefs.ts';

const clock = new VirtualClock(Date.UTC(2026, 0, 2, 1));
let office: PostOffice;
const errors: string[] = [];
let records: Records;

beforeAll(async () => {
  office = await PostOffice.open();
  records = await openRecords(newPlace());
  await savePlan(records, 'morning', { schedule: '0 9 * * *', mail: true }, { by: 'li.wei', now: clock.now() });
  await savePlan(records, 'silent', { schedule: '0 9 * * *' }, { by: 'li.wei', now: clock.now() });
});
afterAll(async () => {
  await records.close();
  await office[Symbol.asyncDispose]();
});
beforeEach(() => {
  office.letters.length = 0;
  errors.length = 0;
  office.refuses = false;
});

async function speak(language: MailLanguage): Promise<void> {
  const to = ['ops@example.com', 'lead@example.com'];
  const settings = { ...office.place, from: 'jdos@example.com', to, owners: {}, language };
  await setMailSettings(new Ledger(records, clock), settings, 'li.wei');
}

/** A run of the plan that has ended: hosts with what was found on each. */
async function ended(plan: string, hosts: Readonly<Record<string, { check: string; level: number } | undefined>>) {
  await clock.advance(60_000);
  const scope = Object.keys(hosts).map((host) => ({ host, address: host, labels: { 'jdos.jd.com/zone': 'gz-1' } }));
  const dueAt = clock.now();
  const made = { plan, dueAt, by: 'plan', now: dueAt, timeoutMs: 60_000, spec: {} };
  const run = (await createRun(records, made, scope as never))!;
  const base = { run_id: run.id, params: '{}', evidence: '', value: null, exemption_id: null, read_at: dueAt };
  const rows = Object.entries(hosts).map(([host, found]) => ({
    ...base,
    host,
    check_id: found?.check ?? 'disk.export',
    level: found?.level ?? 0,
    finding: found ? 'notMounted' : 'healthy',
  }));
  await records.db.insertInto('inspect_result').values(rows).execute();
  await endRun(records, run.id, 'finished', clock.now());
}

const look = () => mailNewBriefs({ records, clock, onError: (error) => errors.push(String(error)) });
/** The mail's first part and its subject, decoded. */
const words = (mail: string) => {
  const subject = /^Subject: ((?:.*\r\n )*.*)/m.exec(mail)![1]!.replace(/\r\n /g, '');
  const decoded = subject.replace(/=\?UTF-8\?(B|Q)\?(.*?)\?=/gi, (_, how: string, text: string) =>
    how.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString() : quoted(text.replaceAll('_', ' ')),
  );
  const [, encoding, body] = /Content-Transfer-Encoding: (\S+)\r\n\r\n([\s\S]*?)\r\n--/.exec(mail)!;
  const plain = encoding === 'base64' ? Buffer.from(body!, 'base64').toString() : quoted(body!.replace(/=\r\n/g, ''));
  return `${decoded}\n${plain.replaceAll('\r\n', '\n')}`;
};
const quoted = (text: string) =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();

test('the brief of a run of a plan is mailed once to the people of the cluster, with what has changed since the last', async () => {
  await speak('zh');
  await ended('morning', { h1: undefined, h2: { check: 'disk.export', level: 3 } });
  await look();
  expect(office.letters.map(({ to }) => to)).toEqual([['ops@example.com', 'lead@example.com']]);
  expect(words(office.letters[0]!.text)).toContain('这是第一次巡检，没有可比较的结果。');
  await ended('morning', { h1: { check: 'disk.export', level: 3 }, h2: undefined });
  await look();
  await look();
  expect(office.letters).toHaveLength(2);
  const mail = words(office.letters[1]!.text);
  expect(mail).toContain('新增 1, 加重 0, 恢复 1');
  expect(mail).toContain('值班关注:\n  h1: /export使用率检查 Error');
  expect(mail).toContain('新增: h1: /export使用率检查 info → error');
  expect(mail).toContain('恢复: h2: /export使用率检查 error → info');
  expect(mail).toContain('/export使用率检查 | 1 | 0 | 0 | 1');
  expect(errors).toEqual([]);
});

test('a brief in which nothing has changed is mailed all the same: it is a sign of life', async () => {
  await speak('en');
  await ended('morning', { h1: { check: 'disk.export', level: 3 }, h2: undefined });
  await look();
  const mail = words(office.letters[0]!.text);
  expect(mail).toContain('new 0, worse 0, fixed 0');
  expect(mail).toContain('Nothing has changed.');
  expect(mail).toContain('/export usage | 1 | 0 | 0 | 1');
});

test('a server that does not take it is asked again, and what is too old is let be', async () => {
  office.refuses = true;
  await ended('morning', { h1: undefined });
  await look();
  expect(errors).toEqual([expect.stringContaining('mailbox is full')]);
  office.refuses = false;
  await look();
  expect(office.letters).toHaveLength(1);
  await ended('morning', { h1: undefined });
  await clock.advance(7 * 3_600_000);
  await look();
  expect(office.letters).toHaveLength(1);
});

test('a plan that wants no mail sends none', async () => {
  await ended('silent', { h1: undefined });
  await look();
  expect(office.letters).toEqual([]);
});
