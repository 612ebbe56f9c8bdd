import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import { newPlace } from '../../records/fixture.ts';
import { openRecords, type Records } from '../../records/index.ts';
import { automaticStep } from './automatic.ts';
import { HostBook } from './host-book.ts';
import type { HostStatus } from './host-status.ts';
import { mayTurnStorm, stormsIn } from './storm.ts';
import { DEFAULT_RULES } from './transition.ts';

const clock = new VirtualClock();
let records: Records;
let book: HostBook;

beforeAll(async () => {
  records = await openRecords(newPlace());
  book = new HostBook(records, clock);
});
afterAll(async () => {
  await records.close();
});

const facts = (host: string) => ({ host, labels: {}, sinceMs: 0, pods: 0 });
const byItself = async (host: string, to: HostStatus) =>
  book.change((await book.state(host))!, { to, actor: 'jdos', reason: 'x', automatic: true }, facts(host));

test('D8 a host that changes by itself for the fourth time within an hour is pinned as suspect, until a person decides', async () => {
  await book.adopt('restless', 'ready', 'jdos', 'new');
  for (const to of ['suspect', 'ready', 'suspect'] as const)
    expect(await byItself('restless', to)).toMatchObject({ status: to, pinned: false });
  expect(await byItself('restless', 'ready')).toMatchObject({ status: 'suspect', pinned: true });
  const pinned = (await book.state('restless'))!;
  expect(automaticStep(pinned, facts('restless'), undefined, DEFAULT_RULES)).toBeUndefined();
  const after = await book.change(pinned, { to: 'ready', actor: 'li.wei', reason: 'a cable' }, facts('restless'));
  expect(after).toMatchObject({ status: 'ready', pinned: false });
});

test('an hour later changes count anew', async () => {
  await book.adopt('calm', 'ready', 'jdos', 'new');
  for (const to of ['suspect', 'ready', 'suspect'] as const) await byItself('calm', to);
  await clock.advance(3_600_001);
  expect(await byItself('calm', 'ready')).toMatchObject({ status: 'ready', pinned: false });
});

test('of two who change what they saw at the same time one is refused, and told what it is now', async () => {
  const seen = await book.adopt('wanted', 'ready', 'jdos', 'new');
  await book.change(seen, { to: 'suspect', actor: 'a', reason: 'x' }, facts('wanted'));
  await expect(book.change(seen, { to: 'cordoned', actor: 'b', reason: 'y' }, facts('wanted'))).rejects.toThrow(
    'it is now suspect',
  );
  expect((await book.history('wanted')).items).toHaveLength(2);
});

test('a host is taken into the book once', async () => {
  await Promise.all([1, 2, 3].map(() => book.adopt('once', 'ready', 'jdos', 'new')));
  expect((await book.history('once')).items).toHaveLength(1);
});

test('D7 when the network of 40 % of a zone is down, nothing is decided by itself', () => {
  const node = (zone: string, net: string) =>
    ({ metadata: { labels: { 'jdos.jd.com/zone': zone, 'jdos.jd.com/net.status': net } } }) as never;
  const zone = (name: string, down: number) =>
    Array.from({ length: 10 }, (_, i) => node(name, i < down ? 'down' : 'ready'));
  expect(stormsIn([...zone('a', 4), ...zone('b', 3)])).toEqual([{ zone: 'a', down: 4, hosts: 10 }]);
});

test('a storm may turn when a host changes its zone or its network, and by no other report', () => {
  const node = (labels: Record<string, string>) => ({ metadata: { labels } }) as never;
  const before = node({ 'jdos.jd.com/zone': 'a', 'jdos.jd.com/net.status': 'ready' });
  const after = (labels: Record<string, string>) =>
    mayTurnStorm(node({ 'jdos.jd.com/zone': 'a', 'jdos.jd.com/net.status': 'ready', ...labels }), before);
  expect(after({ 'jdos.jd.com/status': 'suspect' })).toBe(false);
  expect(after({ 'jdos.jd.com/net.status': 'down' })).toBe(true);
  expect(after({ 'jdos.jd.com/zone': 'b' })).toBe(true);
});
