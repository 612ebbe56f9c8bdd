/** Numbers, times and spans in PostgreSQL's binary form, from their text. */

const BASE = 10_000;

/** Groups of four decimal digits, with the weight of the first and the sign. */
export function binaryNumeric(text: string): Buffer {
  if (/nan/i.test(text)) return words([0, 0, 0xc000, 0]);
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace(/^[-+]/, '').split('.');
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, '0');
  const right = fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0');
  const digits = (left + right).match(/.{4}/g)?.map(Number) ?? [];
  let weight = left.length / 4 - 1;
  while (digits[0] === 0) {
    digits.shift();
    weight--;
  }
  while (digits.at(-1) === 0) digits.pop();
  return words([digits.length, digits.length > 0 ? weight : 0, negative ? 0x4000 : 0, fraction.length, ...digits]);
}

/** The number of a binary numeric, as text. */
export function numericText(buffer: Buffer): string {
  const count = buffer.readUInt16BE(0);
  const [weight, sign, scale] = [buffer.readInt16BE(2), buffer.readUInt16BE(4), buffer.readUInt16BE(6)];
  if (sign === 0xc000) return 'NaN';
  const digit = (i: number) => (i >= 0 && i < count ? buffer.readUInt16BE(8 + i * 2) : 0) % BASE;
  const group = (i: number) => String(digit(i)).padStart(4, '0');
  const whole = Array.from({ length: Math.max(weight + 1, 1) }, (_, i) => group(weight < 0 ? -1 : i)).join('');
  const fraction = Array.from({ length: Math.ceil(scale / 4) }, (_, i) => group(weight + 1 + i))
    .join('')
    .slice(0, scale);
  return `${sign === 0x4000 ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}${fraction ? `.${fraction}` : ''}`;
}

/** `2026-01-02 03:04:05.678+00` as microseconds since `epoch`. */
export function microsOf(text: string, epoch: bigint): bigint {
  if (text.startsWith('infinity')) return 2n ** 63n - 1n;
  if (text.startsWith('-infinity')) return -(2n ** 63n);
  const match = /^(\S+) (\d+:\d+:\d+)(?:\.(\d+))?([+-]\d+(?::\d+)?)?/.exec(text);
  if (!match) return 0n;
  const [, day, clock, fraction = '', zone = '+00'] = match;
  const offset = zone.includes(':') ? zone : `${zone}:00`;
  const millis = BigInt(Date.parse(`${day}T${clock}${offset}`));
  return millis * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)) - epoch;
}

/** `1 mon 2 days 03:04:05.6`. */
export function binaryInterval(text: string): Buffer {
  const part = (unit: string) => Number(new RegExp(`(-?\\d+) ${unit}`).exec(text)?.[1] ?? 0);
  const clock = /(-?)(\d+):(\d+):(\d+)(?:\.(\d+))?/.exec(text);
  const [, sign = '', hours = '0', minutes = '0', seconds = '0', fraction = ''] = clock ?? [];
  const whole = (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * 1_000_000n;
  const micros = whole + BigInt(fraction.padEnd(6, '0').slice(0, 6) || '0');
  const buffer = Buffer.alloc(16);
  buffer.writeBigInt64BE(sign ? -micros : micros, 0);
  buffer.writeInt32BE(part('days?'), 8);
  buffer.writeInt32BE(part('mons?'), 12);
  return buffer;
}

function words(values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) buffer.writeUInt16BE(value & 0xffff, i * 2);
  return buffer;
}
