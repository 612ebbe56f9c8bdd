import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure, StatusError } from './status.ts';
import { LineSplitter, parseWatchEvent } from './watch-stream.ts';

describe('lines of a watch', () => {
  it('are the same however the bytes were cut into chunks', () => {
    const text = fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', ' '));
    const property = fc.property(fc.array(text), fc.array(fc.nat({ max: 20 })), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const splitter = new LineSplitter();
      const found: string[] = [];
      let at = 0;
      for (const size of [...cuts, bytes.length]) {
        for (const line of splitter.push(bytes.subarray(at, at + size))) found.push(line.toString('utf8'));
        at += size;
      }
      expect(found).toEqual(lines.map((line) => Buffer.from(line).toString('utf8')).filter((line) => line !== ''));
    });
    fc.assert(property);
  });

  it('leave out one that was cut off', () => {
    const splitter = new LineSplitter();
    expect([...splitter.push(Buffer.from('one\n{"type":"AD'))].map(String)).toEqual(['one']);
  });
});

describe('an event of a watch', () => {
  it('that is an ERROR is thrown as its Status', () => {
    const line = JSON.stringify({ type: 'ERROR', object: failure('Expired', 'too old').status });
    expect(() => parseWatchEvent(Buffer.from(line))).toThrow(StatusError);
    expect(() => parseWatchEvent(Buffer.from('{"type":"ERROR","object":{}}'))).toThrow('without saying why');
  });

  it('that is not JSON says what came', () => {
    expect(() => parseWatchEvent(Buffer.from('<html>busy</html>'))).toThrow('not JSON: <html>busy</html>');
  });
});
