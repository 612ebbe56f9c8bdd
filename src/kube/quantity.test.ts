import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addQuantities, compareQuantities, formatQuantity, milli, parseQuantity, value } from './quantity.ts';
import { isStatus } from './status.ts';

const canonical = (text: string | number) => formatQuantity(parseQuantity(text));

describe('a quantity', () => {
  test.each([
    ['0', '0'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1024Ki', '1Mi'],
    ['1536Mi', '1536Mi'],
    ['1.5Gi', '1536Mi'],
    ['1Ki', '1Ki'],
    ['1000Ki', '1000Ki'],
    ['512', '512'],
    ['0.5Ki', '512'],
    ['1000', '1k'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['2E', '2E'],
    ['1e-3', '1e-3'],
    ['100e-1', '10'],
    ['.25', '250m'],
    ['5.', '5'],
    ['-1500m', '-1500m'],
    ['+3', '3'],
    ['1u', '1u'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['9007199254740993Ki', '9223372036854775807'],
    ['10E', '10E'],
    ['12345678901234567890.5', '12345678901234567890500m'],
    ['-10Ei', '-9223372036854775807'],
    ['007', '7'],
    [2, '2'],
    [0.25, '250m'],
  ])('%s prints as %s', (text, expected) => expect(canonical(text)).toBe(expected));

  test.each(['', ' 1', '1 ', '1..2', 'x', '1Q', '1KiB', '.', '--1', '1i', '1kk', '1e', '1m5'])(
    '%j is refused',
    (text) => {
      expect(() => parseQuantity(text)).toThrow(expect.objectContaining({ code: 400 }));
    },
  );

  test('a malformed one is refused in Kubernetes’ words', () => {
    try {
      parseQuantity('much');
      expect.unreachable();
    } catch (error) {
      expect(isStatus(error, 'BadRequest')).toBe(true);
      expect((error as Error).message).toContain("quantities must match the regular expression '^([+-]?[0-9.]+)");
    }
  });

  test('milli and value round away from zero', () => {
    expect([milli('1'), milli('100m'), milli('1u'), milli(0.1)]).toEqual([1000, 100, 1, 100]);
    expect([value('1Gi'), value('1500m'), value('-1500m'), value('1n')]).toEqual([1024 ** 3, 2, -2, 1]);
  });

  test('sums are exact and keep the first format', () => {
    expect(formatQuantity(addQuantities(parseQuantity('1Gi'), parseQuantity('1Gi')))).toBe('2Gi');
    expect(formatQuantity(addQuantities(parseQuantity('0.1'), parseQuantity('0.2')))).toBe('300m');
    expect(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Ki')))).toBe('1Ki');
  });

  const amount = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.nat(),
      fc.option(fc.nat({ max: 999 }), { nil: undefined }),
      fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-2', 'E2'),
    )
    .map(
      ([sign, whole, fraction, suffix]) => `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`,
    );

  test('printing and parsing again changes neither the amount nor the text', () => {
    fc.assert(
      fc.property(amount, (text) => {
        const printed = canonical(text);
        expect(compareQuantities(printed, text)).toBe(0);
        expect(canonical(printed)).toBe(printed);
      }),
    );
  });

  test('sums order as their parts', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const sum = addQuantities(parseQuantity(a), parseQuantity(b));
        expect(compareQuantities(sum, a)).toBe(compareQuantities(b, '0'));
      }),
    );
  });
});
