/** The columns that every kind has. */
import type { KubeObject } from '../../kube/index.ts';
import { big, type Column, json, map, text, time } from './column.ts';
import type { KindTable } from './kind-table.ts';
import { shown } from './redaction.ts';

/** An object and the cluster it is of. */
export interface Sighting<T = KubeObject> {
  readonly cluster: string;
  readonly object: T;
  /** Its documents are not kept: there are too many such objects. */
  readonly bare?: boolean;
}

type Loose = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

const CLUSTER = text<Sighting>('cluster', 'the cluster', (of) => of.cluster);
const NAMESPACE = text<Sighting>('namespace', 'its namespace', (of) => of.object.metadata.namespace);

/** All columns of a kind's table, in their order: what it is, the kind's own, metadata, documents. */
export function columnsOf(kind: KindTable): readonly Column<Sighting>[] {
  const own = kind.columns.map((column) => ({ ...column, from: (of: Sighting) => column.from(of.object) }));
  return [...identity(kind), ...own, ...METADATA, ...(kind.documents ? DOCUMENTS : [])];
}

/** Of a child table: whose row it is, then the columns of its own; `from` of those takes the row. */
export function ownerColumns(kind: KindTable): readonly Column<Sighting>[] {
  const owner = kind.type.kind.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  return [
    CLUSTER,
    ...(kind.type.namespaced ? [NAMESPACE] : []),
    text(`${owner}_name`, `name of the ${kind.type.kind}`, (of) => of.object.metadata.name),
    text(`${owner}_uid`, `uid of the ${kind.type.kind}`, (of) => of.object.metadata.uid),
  ];
}

function identity(kind: KindTable): readonly Column<Sighting>[] {
  return [
    CLUSTER,
    ...(kind.type.namespaced ? [NAMESPACE] : []),
    text('name', 'its name', (of) => of.object.metadata.name),
    text('uid', 'its identity: another object of the same name has another', (of) => of.object.metadata.uid),
  ];
}

const METADATA: readonly Column<Sighting>[] = [
  text('owner_kind', 'kind of what controls it', (of) => controller(of.object)?.kind),
  text('owner_name', 'name of what controls it', (of) => controller(of.object)?.name),
  map('labels', 'its labels', (of) => of.object.metadata.labels),
  map(
    'annotations',
    'its annotations, without those that hold secrets or copies',
    (of) => of.object.metadata.annotations,
  ),
  time('created_at', 'when it was created', (of) => of.object.metadata.creationTimestamp),
  time('deleted_at', 'when its deletion was asked for', (of) => of.object.metadata.deletionTimestamp),
  big('generation', 'how often its wish has changed', 'changes', (of) => integer(of.object.metadata.generation)),
  text('resource_version', 'the version of the object', (of) => of.object.metadata.resourceVersion),
];

const DOCUMENTS: readonly Column<Sighting>[] = [
  json('spec', 'what is wished; values of environment variables are hidden', (of) => document(of, 'spec')),
  json('status', 'what is observed', (of) => document(of, 'status')),
];

function document({ object, bare }: Sighting, field: 'spec' | 'status'): unknown {
  return bare ? undefined : shown((object as Loose)[field]);
}

function controller({ metadata }: KubeObject) {
  return metadata.ownerReferences?.find((owner) => owner.controller) ?? metadata.ownerReferences?.[0];
}

function integer(value: number | undefined): bigint | undefined {
  return Number.isSafeInteger(value) ? BigInt(value!) : undefined;
}
