/** Parameters as a client binds them, in text or binary, as values for the engine. */
import { EngineError, type Plain } from '../../engine/index.ts';
import { numericText } from './binary.ts';
import type { Bound } from './frontend.ts';

const EPOCH_2000_MS = 946_684_800_000;

/** `oids` are those that the client declared, or that were told to it. */
export function parametersOf({ formats, values }: Bound, oids: readonly number[]): Plain[] {
  return values.map((value, i) => {
    if (value === null) return null;
    const format = formats.length === 1 ? formats[0] : (formats[i] ?? 0);
    return format === 1 ? fromBinary(value, oids[i] ?? 0) : fromText(value.toString(), oids[i] ?? 0);
  });
}

function fromText(text: string, oid: number): Plain {
  switch (oid) {
    case 16:
      return /^(t|true|1|on|yes|y)$/i.test(text.trim());
    case 20:
    case 21:
    case 23:
    case 26:
      return integer(text);
    case 700:
    case 701:
      return Number(text);
    default:
      return text;
  }
}

function integer(text: string): bigint {
  if (/^\s*[-+]?\d+\s*$/.test(text)) return BigInt(text.trim());
  throw new EngineError('22P02', `"${text}" is no integer`);
}

const SIZES: Readonly<Record<number, number>> = {
  16: 1,
  21: 2,
  23: 4,
  26: 4,
  20: 8,
  700: 4,
  701: 8,
  1082: 4,
  1114: 8,
  1184: 8,
  2950: 16,
};

function fromBinary(value: Buffer, oid: number): Plain {
  const size = SIZES[oid];
  if (size !== undefined && value.length !== size)
    throw new EngineError('22P03', `a value of type ${oid} has ${size} bytes, not ${value.length}`);
  switch (oid) {
    case 16:
      return value[0] !== 0;
    case 21:
      return BigInt(value.readInt16BE(0));
    case 23:
    case 26:
      return BigInt(value.readInt32BE(0));
    case 20:
      return value.readBigInt64BE(0);
    case 700:
      return value.readFloatBE(0);
    case 701:
      return value.readDoubleBE(0);
    case 1082:
      return new Date(EPOCH_2000_MS + value.readInt32BE(0) * 86_400_000).toISOString().slice(0, 10);
    case 1114:
    case 1184:
      return timeOf(value.readBigInt64BE(0));
    case 1700:
      if (value.length < 8) throw new EngineError('22P03', 'a number ends too soon');
      return numericText(value);
    case 2950:
      return value.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    default:
      return value.toString();
  }
}

function timeOf(micros: bigint): string {
  const millis = Number(micros / 1000n) + EPOCH_2000_MS;
  if (Math.abs(millis) > 8.64e15) throw new EngineError('22008', 'a time is out of range');
  return new Date(millis).toISOString().replace('T', ' ').replace('Z', '+00');
}
