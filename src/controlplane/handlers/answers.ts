/** How objects and lists are written for the client: as they are stored, as metadata only, or as a Table. */
import { stringify } from 'yaml';
import type { Form } from '../http/negotiation.ts';
import type { Column, Json, ResourceDefinition } from '../registry/definition.ts';
import { groupVersion } from '../registry/registry.ts';
import type { Entry } from '../storage/index.ts';
import type { Answer } from './request.ts';

/** `metadata` of a list. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** How much of the object a Table row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

const DEFAULT_COLUMNS: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name', cell: (o) => o.metadata.name },
  { name: 'Created At', type: 'date', cell: (o) => o.metadata.creationTimestamp ?? null },
];
const FLUSH_BYTES = 64 * 1024;

/** An answer that is one value written out. */
export function answerValue(value: Json, form: Pick<Form, 'media' | 'contentType'>, status = 200): Answer {
  const body = form.media === 'yaml' ? stringify(value) : JSON.stringify(value);
  return { status, contentType: form.contentType, body };
}

/** An answer that is one stored object. */
export function answerEntry(entry: Entry, shape: Shape, status = 200): Answer {
  if (shape.verbatim) return { status, contentType: shape.form.contentType, body: entry.json };
  return answerObject(entry.parse(), shape, status);
}

/** An answer that is one object in its stored form, perhaps never stored (a dry run). */
export function answerObject(object: Json, shape: Shape, status = 200): Answer {
  const { form } = shape;
  if (form.kind !== 'Table') return answerValue(shape.shown(object), form, status);
  const { resourceVersion } = object.metadata;
  return answerValue(shape.table([shape.row(object)], { resourceVersion }), form, status);
}

/** An answer that is a list. Plain JSON goes out as the stored bytes, joined. */
export function answerList(entries: readonly Entry[], metadata: ListMeta, shape: Shape): Answer {
  const { form, definition } = shape;
  if (shape.verbatim)
    return { status: 200, contentType: form.contentType, body: joined(entries, metadata, definition) };
  const objects = entries.map((entry) => entry.parse());
  if (form.kind === 'Table')
    return answerValue(
      shape.table(
        objects.map((o) => shape.row(o)),
        metadata,
      ),
      form,
    );
  const kind = form.kind === 'Object' ? `${definition.kind}List` : 'PartialObjectMetadataList';
  const apiVersion = form.kind === 'Object' ? groupVersion(definition) : 'meta.k8s.io/v1';
  const items = objects.map((o) => shape.shown(o));
  return answerValue({ kind, apiVersion, metadata, items }, form);
}

function* joined(
  entries: readonly Entry[],
  metadata: ListMeta,
  definition: ResourceDefinition,
): IterableIterator<Buffer> {
  const head = { kind: `${definition.kind}List`, apiVersion: groupVersion(definition), metadata };
  let chunks: Buffer[] = [Buffer.from(`${JSON.stringify(head).slice(0, -1)},"items":[`)];
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    if (index > 0) chunks.push(COMMA);
    chunks.push(entry.json);
    bytes += entry.json.length;
    if (bytes < FLUSH_BYTES) continue;
    yield Buffer.concat(chunks);
    chunks = [];
    bytes = 0;
  }
  chunks.push(END);
  yield Buffer.concat(chunks);
}

const COMMA = Buffer.from(',');
const END = Buffer.from(']}\n');

/** How one client wants objects of one kind. */
export class Shape {
  readonly definition: ResourceDefinition;
  readonly form: Form;
  readonly #include: IncludeObject;
  readonly #now: () => number;

  constructor(definition: ResourceDefinition, form: Form, include: IncludeObject, now: () => number) {
    this.definition = definition;
    this.form = form;
    this.#include = include;
    this.#now = now;
  }

  /** Can stored bytes go out as they are? */
  get verbatim(): boolean {
    return this.form.kind === 'Object' && this.form.media === 'json' && !this.definition.fromStored;
  }

  /** A stored object as the client sees it, Tables aside. */
  shown(object: Json): Json {
    if (this.form.kind === 'PartialObjectMetadata') return partial(object);
    return this.definition.fromStored ? this.definition.fromStored(object) : object;
  }

  row(object: Json): Json {
    const now = this.#now();
    const cells = this.#columns.map((column) => column.cell(object, now));
    if (this.#include === 'None') return { cells, object: null };
    return { cells, object: this.#include === 'Object' ? this.shown(object) : partial(object) };
  }

  table(rows: Json[], metadata: Json, headed = true): Json {
    const columnDefinitions = this.#columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
      name,
      type,
      format,
      description,
      priority,
    }));
    return {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      columnDefinitions: headed ? columnDefinitions : null,
      rows,
    };
  }

  /** What one watch event carries. */
  eventObject(object: Json, first: boolean): Json {
    if (this.form.kind !== 'Table') return this.shown(object);
    return this.table([this.row(object)], { resourceVersion: object.metadata.resourceVersion }, first);
  }

  get #columns(): readonly Column[] {
    return this.definition.columns ?? DEFAULT_COLUMNS;
  }
}

function partial(object: Json): Json {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
