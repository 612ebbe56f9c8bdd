/** Values with an encoding of their own, as Go's decoder takes them and its encoder would give them back. */
import { formatQuantity, parseQuantity } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import type { Decoder } from './decode.ts';
import { DecodeFault } from './decode-fault.ts';
import { type Scalar, schemaOf, structOf } from './schema.ts';
import { canonicalMicroTime, canonicalTime } from './time.ts';

/** @throws DecodeFault */
export function decodeScalar(scalar: Scalar, value: unknown, go: string, decoder: Decoder): Json {
  switch (scalar) {
    case 'string':
    case 'Duration':
      return ofKind('string', value, go, decoder);
    case 'bool':
      return ofKind('boolean', value, go, decoder);
    case 'double':
      return ofKind('number', value, go, decoder);
    case 'int32':
      return integer(value, -(2 ** 31), 2 ** 31 - 1, go, decoder);
    case 'int64':
      return integer(value, -(2 ** 63), 2 ** 63, go, decoder);
    case 'bytes':
      return Array.isArray(value) ? bytesOf(value, decoder) : base64(ofKind('string', value, go, decoder));
    case 'Quantity':
      return canonicalQuantity(value);
    case 'IntOrString':
      return typeof value === 'string' ? value : integer(value, -(2 ** 31), 2 ** 31 - 1, 'int32', decoder);
    case 'Time':
      return canonicalTime(ofKind('string', value, 'string', decoder));
    case 'MicroTime':
      return canonicalMicroTime(ofKind('string', value, 'string', decoder));
    case 'JSONSchemaPropsOrArray':
      return decoder.value(Array.isArray(value) ? schemaOf(`[]${PROPS}`) : structOf(PROPS), value, go);
    case 'JSONSchemaPropsOrBool':
      return typeof value === 'boolean' ? value : decoder.value(structOf(PROPS), value, go);
    case 'JSONSchemaPropsOrStringArray':
      return Array.isArray(value)
        ? decoder.value(schemaOf('[]string'), value, '[]string')
        : decoder.value(structOf(PROPS), value, go);
    default:
      return value;
  }
}

const PROPS = 'apiextensions.v1.JSONSchemaProps';

function ofKind(kind: 'string' | 'boolean' | 'number', value: unknown, go: string, decoder: Decoder): Json {
  if (typeof value !== kind) throw decoder.mismatch(value, go);
  return value;
}

function integer(value: unknown, min: number, max: number, go: string, decoder: Decoder): number {
  if (typeof value !== 'number') throw decoder.mismatch(value, go);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new DecodeFault(decoder.mismatch(value, go).message.replace('number', `number ${value}`));
}

/** Go takes a list of numbers for bytes, too. */
function bytesOf(list: readonly unknown[], decoder: Decoder): string {
  return Buffer.from(list.map((each) => (each === null ? 0 : integer(each, 0, 255, 'uint8', decoder)))).toString(
    'base64',
  );
}

/** Line breaks are allowed inside and go. */
function base64(text: string): string {
  const bare = text.replace(/[\r\n]/g, '');
  const end = bare.replace(/={0,2}$/, '').length;
  const wrong = bare.search(/[^A-Za-z0-9+/=]/);
  if (wrong >= 0) throw illegalBase64(wrong);
  const inner = bare.indexOf('=');
  if (inner >= 0 && inner < end) throw illegalBase64(inner);
  if (bare.length % 4 !== 0) throw illegalBase64(bare.length - (bare.length % 4));
  return bare;
}

function illegalBase64(at: number): DecodeFault {
  return new DecodeFault(`illegal base64 data at input byte ${at}`);
}

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const CANONICAL = /^(0|[1-9]\d{0,2})([kMG]|[MGT]i|m)?$/;

function canonicalQuantity(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  if (CANONICAL.test(text) && !text.startsWith('0')) return text;
  if (!QUANTITY.test(text)) {
    throw new DecodeFault(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  try {
    return formatQuantity(parseQuantity(text));
  } catch (cause) {
    throw new DecodeFault("unable to parse quantity's suffix", { cause });
  }
}
