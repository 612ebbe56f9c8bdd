import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controller, day, HOSTILE } from '../day.testing.ts';
import { event, events, ndjson } from '../event.testing.ts';
import { page } from '../html/page.ts';
import { AuditQuery } from '../query/index.ts';
import { TestLogs } from '../store.testing.ts';
import { isTranslated } from './headings.ts';
import { parseReport, reports, reportsNamed } from './report.ts';

let logs: TestLogs;
let query: AuditQuery;
beforeAll(async () => {
  logs = new TestLogs();
  await logs.import([logs.file('audit.log', ndjson(day()))]);
  query = await AuditQuery.open(logs.dir);
});
afterAll(async () => {
  await query[Symbol.asyncDispose]();
  await logs[Symbol.asyncDispose]();
});

async function ask(name: string, parameters = {}): Promise<Record<string, unknown>[]> {
  const [report] = reportsNamed([name]);
  const { columns, rows } = await query.report(report!, parameters);
  const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column.name, plain(row[i])])));
}

describe('the reports', () => {
  it('have a title and an explanation in both languages, and headings in both', async () => {
    for (const report of reports()) {
      const { columns } = await query.report(report);
      expect(/\p{Script=Han}/u.test(report.title.zh + report.explanation.zh), report.name).toBe(true);
      expect(
        columns.filter(({ name }) => !isTranslated(name)),
        report.name,
      ).toEqual([]);
      for (const column of [report.chart?.name, ...(report.chart?.values ?? [])].filter(Boolean))
        expect(
          columns.map(({ name }) => name),
          report.name,
        ).toContain(column);
    }
    expect(() => parseReport('x', 'SELECT 1')).toThrow('no line "-- title: …"');
    expect(() => reportsNamed(['nonsense'])).toThrow('there is no report "nonsense"; there are summary, timeline');
  });

  it('count a request once, by its end', async () => {
    expect(await ask('summary')).toMatchObject([{ requests: 104, users: 6, throttled: 3, refused: 14, failed: 0 }]);
    expect(await ask('users', { top: 2 })).toMatchObject([
      { username: 'ann', requests: 54 },
      { username: controller.username, requests: 39, errors: 9, throttled: 3 },
    ]);
  });

  it('find what they are for', async () => {
    expect(await ask('lists-without-limit', { top: 1 })).toMatchObject([
      { client: 'ctl', resource: 'pods', lists: 30, from_storage: 30 },
    ]);
    expect(await ask('relist-storms')).toMatchObject([
      { client: 'ctl', resource: 'pods', lists: 30, peak_per_minute: 30, minutes: 1 },
    ]);
    expect(await ask('throttled')).toMatchObject([{ client: 'ctl', verb: 'update', throttled: 3 }]);
    expect(await ask('hot-objects', { top: 1 })).toMatchObject([{ name: 'web', writes: 9, conflicts: 6, writers: 1 }]);
    expect(await ask('deprecated-apis')).toMatchObject([
      { resource: 'flowschemas', removed_release: '1.36', requests: 1 },
    ]);
    expect(await ask('permission-probes', { top: 1 })).toMatchObject([
      { username: 'eve', refused: 3, different: 2, namespaces: 2 },
    ]);
    expect(await ask('secret-readers')).toMatchObject([{ username: 'bob', reads: 2, collections: 2 }]);
    expect(await ask('sessions')).toMatchObject([{ username: 'ann', subresource: 'exec', name: 'web-0' }]);
    expect(await ask('rights-changed')).toMatchObject([{ resource: 'clusterrolebindings', name: 'all' }]);
    expect(await ask('deletes')).toMatchObject([{ username: 'bob', deletions: 3, by_people: 3 }]);
    expect(await ask('anonymous')).toMatchObject([{ requests: 1 }, { requests: 1 }]);
    expect(await ask('slow-webhooks')).toMatchObject([
      {
        requests: 2,
        webhooks: 'inject.example.com,slow.example.com',
        mutating_max_us: 1_500_000,
        validating_max_us: 62_250_000,
        webhook_p99_us: 63_750_000,
      },
    ]);
    expect(await logs.rows('SELECT DISTINCT etcd_us FROM events WHERE etcd_us IS NOT NULL')).toEqual([[523_125n]]);
    expect(await ask('sources', { user: 'eve' })).toMatchObject([{ source_ip: '10.9.9.9', requests: 3, forwarded: 2 }]);
  });

  it('keep to the time and the user that they are asked for', async () => {
    const at = (ms: number) => (Date.UTC(2026, 10, 26, 10) + ms) * 1000;
    expect(await ask('summary', { fromUs: at(0), toUs: at(100) })).toMatchObject([{ requests: 9 }]);
    expect(await ask('summary', { toUs: at(0) })).toMatchObject([{ requests: 0, p99_us: null }]);
    expect(await ask('users', { user: HOSTILE })).toMatchObject([{ username: HOSTILE, requests: 1 }]);
    expect(await ask('users', { user: "' OR '1'='1" })).toEqual([]);
  });

  it('63 tell a reader of some namespaces nothing of the others, nor of the cluster', async () => {
    await using scoped = await AuditQuery.open(logs.dir, { namespaces: ['shop'] });
    for (const report of reports()) {
      const { rows } = await scoped.report(report);
      const text = JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
      expect(text, report.name).not.toContain('bank');
    }
    const [denied] = reportsNamed(['permission-probes']);
    const { rows } = await scoped.report(denied!);
    expect(rows.find(([user]) => user === 'eve')).toEqual(['eve', '10.9.9.9', 2n, 1n, 1n, 0n]);
  });
});

describe('the page', () => {
  it('is one file in two languages with pictures, and runs nothing that clients wrote into the log', async () => {
    const answers = await Promise.all(reports().map(async (report) => ({ report, ...(await query.report(report)) })));
    const html = page(answers, { language: 'zh', facts: [[{ en: 'user', zh: '用户' }, HOSTILE]] });
    expect(html).toContain('<svg');
    for (const { report } of answers) expect(html).toContain(report.title.zh);
    const tags = html.match(/<[^!/][^>]*>/g) ?? [];
    const kinds = new Set(tags.map((tag) => /^<([\w-]+)/.exec(tag)?.[1]));
    for (const kind of ['script', 'img', 'iframe', 'object', 'link', 'embed', 'form', undefined])
      expect(kinds).not.toContain(kind);
    // An attribute begins behind a value that has ended.
    expect(tags.filter((tag) => /\son\w+\s*=/.test(tag.replace(/"[^"]*"/g, '""')))).toEqual([]);
    expect(tags.filter((tag) => /alert/.test(tag))).toEqual([]);
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
    expect(html).toContain("default-src 'none'");
  });
});

it('60 percentiles are those of an independent reckoning, and leave watches out', async () => {
  await using many = new TestLogs();
  let seed = 7;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const all = events(20_000).map((_, i) => ({
    verb: i % 7 === 0 ? 'watch' : 'get',
    latencyMs: Math.ceil(Math.exp(random() * 9)),
  }));
  await many.import([many.file('audit.log', ndjson(all.map((facts, i) => event(i, { ...facts, name: 'x' }))))]);
  await using of = await AuditQuery.open(many.dir);
  const [latency] = reportsNamed(['latency']);
  const { rows } = await of.report(latency!);
  const sorted = all
    .filter(({ verb }) => verb === 'get')
    .map(({ latencyMs }) => latencyMs * 1000)
    .sort((a, b) => a - b);
  const share = (q: number) => {
    const place = (sorted.length - 1) * q;
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return BigInt(Math.floor(low + (high - low) * (place - Math.floor(place)) + 0.5));
  };
  expect(rows).toEqual([
    ['get pods', BigInt(sorted.length), share(0.5), share(0.9), share(0.99), BigInt(sorted.at(-1)!)],
  ]);
});
