/** ConfigMaps and Secrets: what they hold is told by key and size; of Secrets nothing more is ever kept. */
import { CONFIG_MAPS, type ConfigMap, SECRETS, type Secret } from '../../../kube/index.ts';
import { big, bytes, flag, list, map, text } from '../column.ts';
import { childTable, kindTable } from '../kind-table.ts';

/** ConfigMaps up to this size are shown. */
const SHOWN_BYTES = 4096;

export const configMaps = kindTable<ConfigMap>(CONFIG_MAPS, {
  doc: 'ConfigMaps',
  documents: false,
  columns: [
    list('keys', 'names of its entries', (of) => Object.keys({ ...of.data, ...of.binaryData })),
    bytes('size', 'its entries together', (of) => sizeOf(of)),
    map('data', `its entries, if they are no more than ${SHOWN_BYTES} bytes together`, (of) => small(of)),
    flag('immutable', 'whether it may change', (of) => of.immutable ?? false),
  ],
});

interface Entry {
  readonly key: string;
  readonly size: number;
}

const keys = childTable<Secret, Entry>(
  'secret_keys',
  'Entries of Secrets, by name and size',
  (of) => Object.entries(of.data ?? {}).map(([key, value]) => ({ key, size: Buffer.byteLength(value, 'base64') })),
  [
    text('key', 'name of the entry', (entry) => entry.key),
    big('size', 'of its value', 'bytes', (entry) => BigInt(entry.size)),
  ],
);

export const secrets = kindTable<Secret>(SECRETS, {
  doc: 'Secrets, without their values',
  documents: false,
  children: [keys],
  columns: [
    text('type', 'what it is for', (of) => of.type),
    list('keys', 'names of its entries', (of) => Object.keys(of.data ?? {})),
    flag('immutable', 'whether it may change', (of) => of.immutable ?? false),
  ],
});

function sizeOf({ data = {}, binaryData = {} }: ConfigMap): bigint {
  const texts = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  return BigInt(Object.values(binaryData).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), texts));
}

function small(of: ConfigMap): Readonly<Record<string, string>> | undefined {
  return sizeOf(of) <= SHOWN_BYTES ? of.data : undefined;
}
