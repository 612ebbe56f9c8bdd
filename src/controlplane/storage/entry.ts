/** One stored version of one object, and the change that made it. */
import type { Json } from '../registry/definition.ts';

/** What selectors look at, drawn from an object once when it is written. */
export interface Attributes {
  readonly labels: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

/** An immutable version of an object. `json` is the object exactly as served, its resourceVersion (= `rev`) included. */
export class Entry {
  readonly key: string;
  readonly rev: number;
  readonly json: Buffer;
  #attributes: Attributes | undefined;
  #shared: Json | undefined;
  readonly #describe: (object: Json) => Attributes;

  constructor(key: string, rev: number, json: Buffer, describe: (object: Json) => Attributes, attributes?: Attributes) {
    this.key = key;
    this.rev = rev;
    this.json = json;
    this.#describe = describe;
    this.#attributes = attributes;
  }

  /** A fresh copy that the caller may change. */
  parse(): Json {
    return JSON.parse(this.json.toString('utf8'));
  }

  /** A copy that all readers share and nobody may change. It is kept: for rules that read the same few objects at every write. */
  get shared(): Json {
    this.#shared ??= this.parse();
    return this.#shared;
  }

  get attributes(): Attributes {
    this.#attributes ??= this.#describe(this.parse());
    return this.#attributes;
  }
}

/** One committed write. `entry` of a deletion is the last state, stamped with the deletion's revision. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly rev: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly entry: Entry;
  readonly previous: Entry | undefined;
}
