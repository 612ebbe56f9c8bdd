import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectNames, parseCsv, wholeNumber } from './csv.ts';

const fieldsOf = (text: string, columns: string[] = []) => parseCsv(text, 'f.csv', columns).map((row) => row.fields);

describe('a CSV file', () => {
  it('gives its records by the names in its first line, whatever their order', () => {
    expect(fieldsOf('sn,gpu\nh1,2\nh2,0\n', ['gpu', 'sn'])).toEqual([
      { sn: 'h1', gpu: '2' },
      { sn: 'h2', gpu: '0' },
    ]);
  });

  it('may come with a byte-order mark, CRLF, empty lines, empty last fields and no last newline', () => {
    expect(fieldsOf('\uFEFFsn,model\r\nh1,\r\n\r\nh2,T4')).toEqual([
      { sn: 'h1', model: '' },
      { sn: 'h2', model: 'T4' },
    ]);
  });

  it('is refused with file, line, what was expected and what was found', () => {
    expect(() => fieldsOf('sn,cpu\n', ['sn', 'gpu'])).toThrow('f.csv, line 1: expected columns sn, gpu, found sn, cpu');
    expect(() => fieldsOf('', ['sn'])).toThrow('found an empty file');
    expect(() => fieldsOf('a,b\n1,2\n3\n')).toThrow('line 3: expected 2 fields, found 1');
    expect(() => fieldsOf('a\n"x\n')).toThrow('line 2: expected a closing quote');
  });

  it('may hold quoted commas, quotes and newlines, and lines are counted right after them', () => {
    expect(fieldsOf('a,b\n"x,""y"",\nz",2\n')).toEqual([{ a: 'x,"y",\nz', b: '2' }]);
    expect(() => fieldsOf('a,b\n"x\ny",2\n3\n')).toThrow('line 4:');
  });

  it('reads back what was written, for any text', () => {
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '中') }).map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (records) => {
        const text = `a,b\n${records.map((record) => `${record.map(quote).join(',')}\n`).join('')}`;
        expect(fieldsOf(text)).toEqual(records.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});

describe('fields', () => {
  const rows = (text: string) => parseCsv(text, 'f.csv', ['name', 'n']);

  it('that should be whole numbers are', () => {
    expect(wholeNumber(rows('name,n\na,042')[0]!, 'n')).toBe(42);
    for (const bad of ['-1', '1.5', '1e3', 'x', '']) {
      expect(() => wholeNumber(rows(`name,n\na,${bad}`)[0]!, 'n')).toThrow('line 2: expected a whole number in n');
    }
  });

  it('that name objects are legal and there once', () => {
    expect(objectNames(rows('name,n\na.b-c,1\nd,2'), 'name')).toEqual(['a.b-c', 'd']);
    expect(() => objectNames(rows('name,n\nPod_A,1'), 'name')).toThrow('expected a name of small letters');
    expect(() => objectNames(rows('name,n\na,1\na,2'), 'name')).toThrow(
      'line 3: expected each name once, found a of line 2',
    );
  });
});
