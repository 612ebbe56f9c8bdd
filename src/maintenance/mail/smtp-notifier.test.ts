import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import { newPlace } from '../../records/fixture.ts';
import { openRecords, type Records } from '../../records/index.ts';
import { PostOffice } from '../fixture.ts';
import { Ledger } from '../ledger.ts';
import type { Operation } from '../operation.ts';
import { letterFor } from './letter.ts';
import { recipientsOf, setMailSettings } from './mail-settings.ts';
import { mailsOf, SmtpNotifier } from './smtp-notifier.ts';

const clock = new VirtualClock();
let office: PostOffice;
let records: Records;
let ledger: Ledger;
let notifier: SmtpNotifier;

beforeAll(async () => {
  office = await PostOffice.open();
  records = await openRecords(newPlace());
  ledger = new Ledger(records, clock);
  notifier = new SmtpNotifier({ ledger, clock });
  const owners = { web: 'web@example.com' };
  await setMailSettings(
    ledger,
    {
      ...office.place,
      from: 'jdos@example.com',
      to: ['ops@example.com'],
      owners,
      language: 'zh',
    },
    'li.wei',
  );
});
afterAll(async () => {
  await records.close();
  await office[Symbol.asyncDispose]();
});
afterEach(() => {
  office.letters.length = 0;
  office.refuses = false;
});

const operation = (id: string): Operation => ({
  id,
  host: 'gz1-r0101-01',
  address: '10.64.0.2',
  kind: 'planned',
  reason: '风扇故障 <b>',
  drain: true,
  consent: {},
  drainTimeoutMs: 900_000,
  healthyDelayMs: 600_000,
  requestedBy: 'li.wei',
  approvals: [],
  impact: [
    { application: 'Deployment/web', namespace: 'shop', owner: 'web', pods: 2, replicas: 8 },
    { application: 'Deployment/api', namespace: 'shop', owner: 'api@example.com', pods: 1, replicas: 3 },
    { application: 'Deployment/cache', namespace: 'shop', owner: '-', pods: 1, replicas: 3 },
  ],
  state: 'running',
  step: 'notify',
  steps: [],
  repairs: 0,
  passes: 0,
  leaseErrors: 0,
  createdAt: clock.now(),
  startedAt: clock.now(),
  version: 1,
});

function header(text: string, name: string): string {
  return new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'mi').exec(text)?.[1]?.replace(/\r\n[ \t]+/g, ' ') ?? '';
}

test('E12 the maintenance mail is sent once, however often it is asked for', async () => {
  const one = operation('m1');
  expect(await notifier.send(one, 'maintenance')).toEqual({
    kind: 'sent',
    recipients: ['ops@example.com', 'web@example.com', 'api@example.com'],
  });
  expect(await notifier.send(one, 'maintenance')).toMatchObject({ kind: 'sent' });
  expect(await new SmtpNotifier({ ledger, clock }).send(one, 'maintenance')).toMatchObject({ kind: 'sent' });
  expect(office.letters).toHaveLength(1);
  expect(office.letters[0]!.to).toEqual(['ops@example.com', 'web@example.com', 'api@example.com']);
  expect(header(office.letters[0]!.text, 'Subject')).toMatch(/^=\?UTF-8\?/);
  expect(header(office.letters[0]!.text, 'Content-Type')).toContain('multipart/alternative');
});

test('E13 the recovery mail threads to the first one', async () => {
  const one = operation('m2');
  await notifier.send(one, 'maintenance');
  await notifier.send(one, 'recovery');
  const [first, second] = office.letters.map(({ text }) => text);
  expect(header(first!, 'Message-ID')).toBe('<m2.maintenance@jdos>');
  expect(header(second!, 'In-Reply-To')).toBe('<m2.maintenance@jdos>');
  expect(header(second!, 'References')).toBe('<m2.maintenance@jdos>');
  expect((await mailsOf(ledger, 'm2')).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'maintenance sent',
    'recovery sent',
  ]);
});

test('a server that refuses is told in its words, and asked again next time', async () => {
  office.refuses = true;
  expect(await notifier.send(operation('m3'), 'maintenance')).toMatchObject({
    kind: 'failed',
    error: expect.stringContaining('mailbox is full'),
  });
  office.refuses = false;
  expect(await notifier.send(operation('m3'), 'maintenance')).toMatchObject({ kind: 'sent' });
  expect(header(office.letters[0]!.text, 'Message-ID')).toBe('<m3.maintenance@jdos>');
});

test('a server that is not there fails, and says so', async () => {
  const settings = {
    host: '127.0.0.1',
    port: 1,
    secure: false,
    from: 'a@b',
    to: ['c@d'],
    owners: {},
    language: 'en' as const,
  };
  const other = new Ledger(records, clock);
  const before = (await other.setting('mail'))!;
  await setMailSettings(other, settings, 'li.wei');
  expect(await notifier.send(operation('m4'), 'maintenance')).toMatchObject({
    kind: 'failed',
    error: expect.stringContaining('ECONNREFUSED'),
  });
  await setMailSettings(other, before as never, 'li.wei');
});

test('letters are in both languages, and what people typed is shown as they typed it', () => {
  const [zh, en] = (['zh', 'en'] as const).map((language) =>
    letterFor(operation('m5'), 'maintenance', language, clock.now()),
  );
  expect(zh!.subject).toBe('【运维通知】主机 gz1-r0101-01 即将维护');
  expect(en!.subject).toContain('gz1-r0101-01');
  expect(zh!.text).toContain('故障原因: 风扇故障 <b>');
  expect(zh!.html).toContain('风扇故障 &#60;b&#62;');
  expect(en!.text).toContain('shop | Deployment/web | web | 2 | 8');
  expect(
    letterFor({ ...operation('m6'), abort: { actor: 'x', reason: 'y' } }, 'recovery', 'zh', clock.now()).subject,
  ).toContain('中止');
});

test('owners without an address are not written to', () => {
  const settings = { host: '', port: 0, secure: false, from: '', to: [], owners: {}, language: 'zh' as const };
  expect(recipientsOf(operation('m7'), settings)).toEqual(['api@example.com']);
});
