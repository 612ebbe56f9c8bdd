/** Types that are one value in JSON but a message on the wire. */
import { rfc3339 } from '../../../kube/index.ts';
import type { Json } from '../../registry/definition.ts';
import { DecodeFault } from '../decode-fault.ts';
import { WireReader } from './wire.ts';

const MESSAGES = {
  Quantity: (fields: Fields) => fields.text(1) || '0',
  IntOrString: (fields: Fields) => (fields.number(1) === 1 ? fields.text(3) : fields.number(2)),
  Time: (fields: Fields) => (fields.empty ? null : time(fields.number(1))),
  MicroTime: (fields: Fields) => (fields.empty ? null : microTime(fields.number(1), fields.number(2))),
  FieldsV1: (fields: Fields) => fields.json(1),
  RawExtension: (fields: Fields) => fields.json(1),
  JSON: (fields: Fields) => fields.json(1),
  JSONSchemaPropsOrArray: (fields: Fields, props: Props) =>
    fields.one(1) ? props(fields.one(1)!) : fields.all(2).map(props),
  JSONSchemaPropsOrBool: (fields: Fields, props: Props) =>
    fields.one(2) ? props(fields.one(2)!) : fields.number(1) !== 0,
  JSONSchemaPropsOrStringArray: (fields: Fields, props: Props) =>
    fields.one(1) ? props(fields.one(1)!) : fields.all(2).map(String),
} as const satisfies Record<string, (fields: Fields, props: Props) => Json>;

type Props = (bytes: Buffer) => Json;
export type ScalarMessage = keyof typeof MESSAGES;

export function isScalarMessage(scalar: string): scalar is ScalarMessage {
  return Object.hasOwn(MESSAGES, scalar);
}

/** @param props reads a nested JSONSchemaProps */
export function decodeScalarMessage(scalar: ScalarMessage, bytes: Buffer, props: Props): Json {
  return MESSAGES[scalar](new Fields(bytes), props);
}

/** The fields of a small message, by number. */
export class Fields {
  readonly empty: boolean;
  readonly #numbers = new Map<number, number>();
  readonly #bytes = new Map<number, Buffer[]>();

  constructor(bytes: Buffer) {
    this.empty = bytes.length === 0;
    const reader = new WireReader(bytes);
    while (!reader.done) this.#read(reader);
  }

  number(field: number): number {
    return this.#numbers.get(field) ?? 0;
  }

  one(field: number): Buffer | undefined {
    return this.#bytes.get(field)?.at(-1);
  }

  all(field: number): Buffer[] {
    return this.#bytes.get(field) ?? [];
  }

  text(field: number): string {
    return this.one(field)?.toString() ?? '';
  }

  /** The JSON value inside; null where there is none. */
  json(field: number): Json {
    const text = this.text(field);
    if (text === '') return null;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new DecodeFault(`json parse error: ${(cause as Error).message}`, { cause });
    }
  }

  #read(reader: WireReader): void {
    const { number, wire } = reader.tag();
    if (wire === 0) this.#numbers.set(number, Number(BigInt.asIntN(64, reader.varint())));
    else if (wire === 2) this.#bytes.set(number, [...(this.#bytes.get(number) ?? []), reader.bytes()]);
    else reader.skip(wire);
  }
}

function time(seconds: number): string {
  const ms = seconds * 1000;
  if (Math.abs(ms) > 8.64e15) throw new DecodeFault('Timestamp outside of range');
  return rfc3339(ms);
}

function microTime(seconds: number, nanos: number): string {
  const micros = String(Math.trunc(nanos / 1000)).padStart(6, '0');
  return time(seconds).replace('Z', `.${micros}Z`);
}
