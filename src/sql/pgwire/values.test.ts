import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binaryInterval, binaryNumeric, microsOf, numericText } from './binary.ts';
import { ScramExchange, verifierOf } from './scram.ts';

describe('numbers in binary', () => {
  it('41 come back as they were', () => {
    const number = fc.tuple(
      fc.boolean(),
      fc.bigInt({ min: 0n, max: 10n ** 38n }),
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(number, ([negative, whole, fraction]) => {
        const zero = whole === 0n && /^0*$/.test(fraction);
        const text = `${negative && !zero ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
        expect(numericText(binaryNumeric(text))).toBe(text);
      }),
    );
  });

  it('times count from the year 2000, to the microsecond', () => {
    const epoch = 946_684_800_000_000n;
    expect(microsOf('2000-01-01 00:00:00+00', epoch)).toBe(0n);
    expect(microsOf('2000-01-01 00:00:01.000005+00', epoch)).toBe(1_000_005n);
    expect(microsOf('1999-12-31 23:59:59', epoch)).toBe(-1_000_000n);
    expect(microsOf('infinity', epoch)).toBe(2n ** 63n - 1n);
  });

  it('spans have months, days and microseconds', () => {
    const bytes = binaryInterval('2 mons 3 days -04:05:06.7');
    expect([bytes.readBigInt64BE(0), bytes.readInt32BE(8), bytes.readInt32BE(12)]).toEqual([-14_706_700_000n, 3, 2]);
  });
});

describe('SCRAM-SHA-256', () => {
  it('48 agrees with the example of RFC 7677, and takes no other proof', () => {
    const verifier = verifierOf('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
    const exchange = () => new ScramExchange(verifier, '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0');
    const first = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO';
    const challenge = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
    const final =
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
    const good = exchange();
    expect(good.first(first)).toBe(challenge);
    expect(good.final(final)).toBe('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    const other = exchange();
    other.first(first);
    expect(other.final(final.replace('dHz', 'eHz'))).toBeUndefined();
    expect(exchange().first('nonsense')).toBeUndefined();
  });
});
