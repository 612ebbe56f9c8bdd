import { appendFileSync, existsSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { event, events, ndjson } from '../event.testing.ts';
import { StreamSource } from '../source/source.ts';
import { TestLogs } from '../store.testing.ts';
import { Importer } from './importer.ts';

const ids = (count: number, from = 0) => events(count, {}, from).map(({ auditID }) => auditID);
const CHUNK = 4096;

describe('an import', () => {
  it('makes a row of every event, with what it says', async () => {
    await using logs = new TestLogs();
    const told = event(7, { verb: 'list', query: '?limit=500&continue=abc&resourceVersion=0', latencyMs: 12.5 });
    const result = await logs.import([logs.file('audit.log', ndjson([told]))], { cluster: 'east', apiserver: 'api-1' });
    expect(result).toEqual({ lines: 1, events: 1, duplicates: 0, rejected: 0, known: 0, unfinished: 0 });
    const columns =
      'audit_id, verb, path, username, client, client_version, resource, name, code, latency_us, list_limit, list_continued, list_version, decision, cluster, apiserver';
    expect(await logs.rows(`SELECT ${columns} FROM events`)).toEqual([
      [
        told.auditID,
        'list',
        '/api/v1/namespaces/shop/pods',
        'ann',
        'kubectl',
        'v1.35.0',
        'pods',
        null,
        200,
        12500n,
        500n,
        true,
        '0',
        'allow',
        'east',
        'api-1',
      ],
    ]);
  });

  it('55 counts good and rejected lines exactly, and keeps the place of each that is bad', async () => {
    await using logs = new TestLogs();
    const good = (n: number) => JSON.stringify(event(n));
    const big = JSON.stringify({ ...event(4), requestObject: { text: 'x'.repeat(20 << 20) } });
    const lines: (string | Buffer)[] = [
      good(0),
      'I1126 10:00:00.000000       1 trace.go:236] Trace[1]: "List" (total time: 600ms)',
      `${good(1)}\r`,
      '',
      Buffer.concat([Buffer.alloc(5000), Buffer.from(good(2))]),
      Buffer.from(good(3).replace('ann', 'a\0nn')),
      big,
      Buffer.concat([Buffer.from('{"kind":"Event","auditID":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
      good(5).replace(/"stageTimestamp":"[^"]*"/, '"stageTimestamp":"yesterday"'),
      good(6).replace(/"(stage|requestReceived)Timestamp":"[^"]*"/g, '"$1Timestamp":"never"'),
      `{"verb":"get",${good(7).slice(1)}`,
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1","auditID":"x"}',
      '[1, 2]',
      '{"a":',
      good(8).slice(0, -40),
    ];
    const text = Buffer.concat(lines.flatMap((line, i) => [Buffer.from(i > 0 ? '\n' : ''), Buffer.from(line)]));
    const path = logs.file('audit.log', text);
    const empty = logs.file('empty.log', '');
    const result = await logs.import([empty, path], { final: true });
    expect(result).toMatchObject({ lines: 14, events: 6, rejected: 8, duplicates: 0 });
    expect(await logs.ids()).toEqual([0, 1, 2, 4, 5, 7].map((n) => ids(1, n)[0]));
    const rejects = logs.rejects();
    expect(rejects.map(({ line }) => line).sort((a, b) => a - b)).toEqual([2, 6, 8, 10, 12, 13, 14, 15]);
    for (const { offset, text: kept, file } of rejects) {
      expect(file).toBe(path);
      expect(
        text
          .subarray(offset)
          .toString()
          .startsWith(kept.slice(0, 10).replace(/\ufffd.*/, '')),
      ).toBe(true);
    }
    const reasonOf = (line: number) => rejects.find((one) => one.line === line)?.reason;
    expect(reasonOf(2)).toBe('not a JSON object');
    expect(reasonOf(8)).toBe('not UTF-8');
    expect(reasonOf(10)).toContain('stageTimestamp: expected a time, found "never"');
    expect(reasonOf(12)).toContain('expected Event of audit.k8s.io/v1, found "Event" of "audit.k8s.io/v1beta1"');
  });

  it('56 gives equal rows of lists as webhooks get them and of lines', async () => {
    const all = [...events(50), event(50, { verb: 'watch', annotations: { a: 'ü "quoted"' } })];
    const table = async (text: Buffer) => {
      await using logs = new TestLogs();
      await logs.import([logs.file('audit.log', text)]);
      return await logs.rows('SELECT * EXCLUDE (file) FROM events ORDER BY audit_id');
    };
    const bare = all.map(({ kind: _, apiVersion: __, ...rest }) => rest);
    const list = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: bare };
    const { kind, apiVersion, ...others } = list;
    expect(await table(ndjson([list]))).toEqual(await table(ndjson(all)));
    expect(await table(ndjson([{ apiVersion, kind, ...others }]))).toEqual(await table(ndjson(all)));
  });

  it('57 reads each event once through rotation by rename, by copy and truncation, and packing', async () => {
    await using logs = new TestLogs();
    const log = logs.file('audit.log', ndjson(events(20)));
    await logs.import([log]);
    appendFileSync(log, ndjson(events(10, {}, 20)));
    renameSync(log, join(logs.base, 'audit-1.log'));
    writeFileSync(log, ndjson(events(5, {}, 30)));
    const renamed = await logs.import([join(logs.base, 'audit-1.log'), log]);
    expect(renamed).toMatchObject({ events: 15, duplicates: 0 });
    const packed = [
      logs.file('audit-1.log.gz', gzipSync(ndjson(events(30)))),
      logs.file('audit-1.log.zst', zstdCompressSync(ndjson(events(30)))),
    ];
    expect(await logs.import(packed)).toMatchObject({ lines: 0, events: 0 });
    expect(await logs.import(packed.slice(1))).toMatchObject({ lines: 0, known: 1 });
    // The writer goes on where it was, so that the truncated file begins with a hole.
    const size = ndjson(events(5, {}, 30)).length;
    writeFileSync(join(logs.base, 'audit-2.log'), ndjson(events(5, {}, 30)));
    truncateSync(log, 0);
    writeFileSync(log, Buffer.concat([Buffer.alloc(size), ndjson(events(5, {}, 35))]));
    expect(await logs.import([join(logs.base, 'audit-2.log'), log])).toMatchObject({
      events: 5,
      duplicates: 0,
      rejected: 0,
    });
    expect(await logs.ids()).toEqual(ids(40));
  });

  it('59 takes what two servers both wrote once, and tells requests apart that share a number', async () => {
    await using logs = new TestLogs();
    const [one, two] = [ndjson(events(60)), ndjson(events(60, {}, 30))];
    const shared = ['a', 'b'].map((username, i) =>
      event(i, { id: 'chosen-by-a-client', username, at: `2026-11-26T11:0${i}:00Z` }),
    );
    const stages = ['RequestReceived', 'ResponseComplete'].map((stage) => event(200, { stage }));
    const files = [
      logs.file('a.log', one),
      logs.file('b.log', two),
      logs.file('c.log', ndjson([...shared, ...stages])),
    ];
    expect(await logs.import(files)).toMatchObject({ events: 94, duplicates: 30 });
    const again = [logs.file('d.log', ndjson(events(90).toReversed()))];
    expect(await logs.import(again)).toMatchObject({ events: 0, duplicates: 90 });
    expect(await logs.rows('SELECT count(*), count(DISTINCT audit_id) FROM events')).toEqual([[94n, 92n]]);
  });

  it('61 takes the last hop as the source, and says where headers named others', async () => {
    await using logs = new TestLogs();
    const spoofed = [event(0, { sourceIPs: ['8.8.8.8', '10.0.0.9'] }), event(1, { sourceIPs: ['10.0.0.8'] })];
    await logs.import([logs.file('audit.log', ndjson(spoofed))]);
    expect(await logs.rows('SELECT source_ip, forwarded FROM events ORDER BY audit_id')).toEqual([
      ['10.0.0.9', true],
      ['10.0.0.8', false],
    ]);
  });

  it('66 puts events into the hour of UTC in which they were written, at midnight, at the turn of the year and of clocks', async () => {
    await using logs = new TestLogs();
    const times = [
      '2026-12-31T23:59:59.999Z',
      '2027-01-01T00:00:00.000Z',
      '2026-10-25T00:59:59.999Z',
      '2026-10-25T01:00:00.000Z',
      '2027-01-01T08:30:00.000+08:00',
    ];
    const all = times.map((at, i) => event(i, { at, latencyMs: 0 }));
    expect(await logs.import([logs.file('audit.log', ndjson(all))])).toMatchObject({ events: 5 });
    const hours = readdirSync(join(logs.dir, 'events'), { recursive: true })
      .map(String)
      .filter((name) => /hour=\d\d$/.test(name));
    expect(hours.sort()).toEqual([
      'dt=2026-10-25/hour=00',
      'dt=2026-10-25/hour=01',
      'dt=2026-12-31/hour=23',
      'dt=2027-01-01/hour=00',
    ]);
  });

  it('reads a pipe, many small files in one go, and nothing twice if it comes again', async () => {
    await using logs = new TestLogs();
    const files = Array.from({ length: 12 }, (_, i) => logs.file(`${i}.log`, ndjson(events(3, {}, i * 3))));
    expect(await logs.import(files)).toMatchObject({ events: 36 });
    const names = await logs.rows('SELECT file, count(*) FROM events GROUP BY 1 ORDER BY 1');
    expect(names).toEqual(files.toSorted().map((file) => [file, 3n]));
    await using importer = await Importer.open({ dir: logs.dir });
    const pipe = async function* () {
      const text = ndjson(events(40));
      for (let at = 0; at < text.length; at += 777) yield text.subarray(at, at + 777);
    };
    expect(await importer.import([new StreamSource('-', pipe())])).toMatchObject({
      lines: 40,
      events: 4,
      duplicates: 36,
    });
  });

  it('leaves a last line that is still being written for the next time', async () => {
    await using logs = new TestLogs();
    const text = ndjson(events(3));
    const log = logs.file('audit.log', text.subarray(0, -30));
    expect(await logs.import([log])).toMatchObject({ events: 2, rejected: 0, unfinished: 1 });
    writeFileSync(log, text);
    expect(await logs.import([log])).toMatchObject({ events: 1, rejected: 0, unfinished: 0 });
  });

  it('keeps what it read when it is stopped, and goes on there', async () => {
    await using logs = new TestLogs();
    const files = Array.from({ length: 6 }, (_, i) => logs.file(`${i}.log`, ndjson(events(50, {}, 50 * i))));
    const stop = new AbortController();
    const onProgress = ({ source }: { source: string }) => source === files[4] && stop.abort(new Error('enough'));
    await expect(logs.import(files, { chunkBytes: CHUNK, signal: stop.signal, onProgress })).rejects.toThrow();
    expect((await logs.ids()).length).toBeGreaterThan(0);
    expect(await logs.import(files, { chunkBytes: CHUNK })).toMatchObject({ rejected: 0 });
    expect(await logs.ids()).toEqual(ids(300));
  });

  it('lets one process at a time write', async () => {
    await using logs = new TestLogs();
    await using _first = await Importer.open({ dir: logs.dir });
    await expect(Importer.open({ dir: logs.dir })).rejects.toMatchObject({ code: 'JDOS_ERR_APILOGS_IN_USE' });
  });

  it('58 loses nothing and has nothing twice, wherever it dies', async () => {
    await using logs = new TestLogs();
    const files = Array.from({ length: 8 }, (_, i) => logs.file(`${i}.log`, ndjson(events(15, {}, 13 * i))));
    let deaths = 0;
    for (let at = 1; at < 200; at++) {
      let left = at;
      const step = () => {
        if (--left === 0) throw new Error('died');
      };
      const died = await logs.import(files, { chunkBytes: CHUNK, step }).then(
        () => false,
        () => true,
      );
      if (!died) break;
      deaths++;
    }
    expect(deaths).toBeGreaterThan(3);
    expect(await logs.ids()).toEqual(ids(106));
    expect(readdirSync(join(logs.dir, 'aside'))).toEqual([]);
  });

  it('gives the same rows however the lines are cut into blocks and chunks, and between good ones bad', async () => {
    const piece = fc.oneof(
      fc.nat(400).map((n) => JSON.stringify(event(n))),
      fc.constantFrom('', '\r', '{"a":1}', '{"kind":"Event"', 'plain text', '\0\0'),
    );
    const cuts = fc.record({
      lines: fc.array(piece, { minLength: 1, maxLength: 40 }),
      block: fc.integer({ min: 1, max: 3000 }),
    });
    await using logs = new TestLogs();
    await using importer = await Importer.open({ dir: logs.dir, chunkBytes: 5000 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(cuts, async ({ lines, block }) => {
        const name = `pipe ${++run}`;
        const text = Buffer.from(lines.join('\n').replaceAll('"auditID":"', `"auditID":"${run}-`));
        const blocks = async function* () {
          for (let at = 0; at < text.length; at += block) yield Buffer.from(text.subarray(at, at + block));
        };
        const result = await importer.import([new StreamSource(name, blocks())]);
        const spoken = lines.filter((line) => line.replaceAll('\0', '').trim() !== '');
        const good = new Set(
          spoken.filter((line) => line.includes('auditID')).map((line) => `${run}-${JSON.parse(line).auditID}`),
        );
        expect(result).toMatchObject({
          lines: spoken.length,
          events: good.size,
          duplicates: result.lines - result.rejected - good.size,
        });
        const found = await logs.rows(`SELECT audit_id FROM events WHERE file = '${name}' ORDER BY 1`);
        expect(found.flat()).toEqual([...good].sort());
        const places = new Map(lines.map((line, i) => [i + 1, line.replaceAll('\0', '').trim()]));
        const rejects = logs.rejects().filter(({ file }) => file === name);
        expect(rejects.length).toBe(spoken.filter((line) => !line.includes('auditID')).length);
        for (const { line, text: kept } of rejects) expect(kept).toBe(places.get(line));
      }),
      { numRuns: 25 },
    );
  });
});

it('names its files so that other engines find the partitions', async () => {
  await using logs = new TestLogs();
  await logs.import([logs.file('audit.log', ndjson(events(3)))]);
  expect(existsSync(join(logs.dir, 'events/dt=2026-11-26/hour=10'))).toBe(true);
});
