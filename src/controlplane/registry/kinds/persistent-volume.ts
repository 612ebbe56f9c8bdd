import { compareQuantities } from '../../../kube/index.ts';
import type { Column, FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, oneOf, optionalOneOf, required } from '../validation/field-error.ts';
import { differences, immutable } from '../validation/immutable.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { validateNodeSelector } from '../validation/placement.ts';
import { validateQuantity } from '../validation/quantity.ts';
import { ageColumn, joined, nameColumn, text, wide } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const SHORT_MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;
const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class';

const volumeModeColumn: Column = wide('VolumeMode', (o) => o.spec.volumeMode ?? '<unset>');
const attributesClassColumn: Column = text(
  'VolumeAttributesClass',
  (o) => o.spec.volumeAttributesClassName ?? '<unset>',
);

export const persistentVolumes: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  kind: 'PersistentVolume',
  shortNames: ['pv'],
  namespaced: false,
  status: true,
  generation: false,
  answersDeleted: true,
  columns: [
    nameColumn,
    text('Capacity', (o) => o.spec.capacity?.storage ?? ''),
    text('Access Modes', (o) => modesText(o.spec.accessModes)),
    text('Reclaim Policy', (o) => o.spec.persistentVolumeReclaimPolicy ?? ''),
    text('Status', phaseText),
    text('Claim', (o) => (o.spec.claimRef ? `${o.spec.claimRef.namespace}/${o.spec.claimRef.name}` : '')),
    text('StorageClass', classOf),
    attributesClassColumn,
    text('Reason', (o) => o.status?.reason ?? ''),
    ageColumn,
    volumeModeColumn,
  ],
  strategy: {
    default: defaultVolume,
    ...separateStatus({ initial: () => ({ phase: 'Pending' }) }),
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
  },
};

export const persistentVolumeClaims: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  kind: 'PersistentVolumeClaim',
  shortNames: ['pvc'],
  namespaced: true,
  status: true,
  generation: false,
  answersDeleted: true,
  columns: [
    nameColumn,
    text('Status', phaseText),
    text('Volume', (o) => o.spec.volumeName ?? ''),
    text('Capacity', (o) => (o.spec.volumeName ? (o.status?.capacity?.storage ?? '0') : '')),
    text('Access Modes', (o) => (o.spec.volumeName ? modesText(o.status?.accessModes) : '')),
    text('StorageClass', classOf),
    attributesClassColumn,
    ageColumn,
    volumeModeColumn,
  ],
  strategy: {
    default: (claim) => defaultClaimSpec(fill(claim, 'spec', {})),
    ...separateStatus({ initial: () => ({ phase: 'Pending' }) }),
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
  },
};

function defaultVolume(volume: Json): void {
  const spec = fill(volume, 'spec', {});
  fill(spec, 'persistentVolumeReclaimPolicy', 'Retain');
  fill(spec, 'volumeMode', 'Filesystem');
  if (spec.hostPath) spec.hostPath.type ??= '';
}

export function defaultClaimSpec(spec: Json): void {
  fill(spec, 'volumeMode', 'Filesystem');
  fill(spec, 'resources', {});
}

/** Fields of a PersistentVolume's spec that are not the medium itself. */
const NOT_A_SOURCE = [
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
];

function validateVolume({ spec }: Json): FieldError[] {
  const [first, ...more] = Object.keys(spec).filter((field) => !NOT_A_SOURCE.includes(field) && spec[field]);
  return [
    ...modeErrors(spec.accessModes, ''),
    ...capacityErrors(spec.capacity),
    ...(first ? [] : [required('spec', 'must specify a volume type')]),
    ...more.map((source) => forbidden(`spec.${source}`, 'may not specify more than 1 volume type')),
    ...oneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain']),
    ...optionalOneOf('spec.volumeMode', spec.volumeMode, VOLUME_MODES),
    ...validateNodeSelector(spec.nodeAffinity?.required, 'spec.nodeAffinity.required'),
    ...(spec.local && !spec.nodeAffinity ? [required('spec.nodeAffinity', 'Local volume requires node affinity')] : []),
  ];
}

function capacityErrors(capacity: Json): FieldError[] {
  const missing = Object.keys(capacity ?? {}).length === 0 ? [required('spec.capacity')] : [];
  if (capacity?.storage === undefined || Object.keys(capacity).length > 1) {
    return [
      ...missing,
      {
        reason: 'FieldValueNotSupported',
        field: 'spec.capacity',
        message: `Unsupported value: ${JSON.stringify(capacity ?? null)}: supported values: "storage"`,
      },
    ];
  }
  return sizeErrors(capacity.storage, 'spec.capacity[storage]');
}

function sizeErrors(size: string, field: string): FieldError[] {
  const faults = validateQuantity(size, field);
  if (faults.length > 0 || compareQuantities(size, '0') > 0) return faults;
  return [invalid(field, size, 'must be greater than zero')];
}

function modeErrors(modes: string[] | undefined, needed = 'at least 1 access mode is required'): FieldError[] {
  if (!modes?.length) return [required('spec.accessModes', needed)];
  const errors = modes.flatMap((mode) => oneOf('spec.accessModes', mode, MODES));
  return modes.includes('ReadWriteOncePod') && modes.length > 1
    ? [...errors, forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes')]
    : errors;
}

function validateVolumeUpdate(volume: Json, old: Json, subresource: string | undefined): FieldError[] {
  if (subresource === 'status') return [];
  const medium = (spec: Json) =>
    Object.fromEntries(Object.entries(spec).filter(([field]) => !NOT_A_SOURCE.includes(field)));
  const changed = differences(medium(volume.spec), medium(old.spec));
  const detail = `spec.persistentvolumesource is immutable after creation\n  changed: ${changed.join(', ')}`;
  return [
    ...(changed.length > 0 ? [forbidden('spec.persistentvolumesource', detail)] : []),
    ...immutable('spec.volumeMode', volume.spec.volumeMode, old.spec.volumeMode),
  ];
}

function validateClaim({ spec }: Json): FieldError[] {
  const storage = spec.resources?.requests?.storage;
  return [
    ...modeErrors(spec.accessModes),
    ...validateLabelSelector(spec.selector, 'spec.selector'),
    ...(storage === undefined ? [required('spec.resources[storage]')] : sizeErrors(storage, 'spec.resources[storage]')),
    ...optionalOneOf('spec.volumeMode', spec.volumeMode, VOLUME_MODES),
  ];
}

function validateClaimUpdate(claim: Json, old: Json, subresource: string | undefined): FieldError[] {
  if (subresource === 'status') return [];
  const changed = differences(fixedPart(claim, old), old.spec);
  if (changed.length > 0) {
    const rule =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    return [forbidden('spec', `${rule}\n  changed: ${changed.join(', ')}`)];
  }
  const [now, before] = [claim.spec.resources?.requests?.storage, old.spec.resources?.requests?.storage];
  return before !== undefined && compareQuantities(now ?? '0', before) < 0
    ? [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
    : [];
}

/** A claim may be bound once; when it is bound it may grow. */
function fixedPart({ spec }: Json, old: Json): Json {
  const fixed = structuredClone(spec);
  if (!old.spec.volumeName) fixed.volumeName = old.spec.volumeName;
  if (!old.spec.storageClassName) fixed.storageClassName = old.spec.storageClassName;
  fixed.volumeAttributesClassName = old.spec.volumeAttributesClassName;
  if (old.status?.phase === 'Bound') fixed.resources = old.spec.resources;
  return fixed;
}

function modesText(modes: string[] = []): string {
  return joined(SHORT_MODES.filter(([mode]) => modes.includes(mode)).map(([, short]) => short));
}

function phaseText(object: Json): string {
  return object.metadata.deletionTimestamp ? 'Terminating' : (object.status?.phase ?? '');
}

function classOf(object: Json): string {
  return object.metadata.annotations?.[OLD_CLASS] ?? object.spec.storageClassName ?? '';
}
