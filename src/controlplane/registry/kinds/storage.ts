/** storage.k8s.io: classes of volumes, and what CSI drivers tell and ask the control plane. */
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { duplicate, forbidden, invalid, invalids, oneOf, required, tooLong } from '../validation/field-error.ts';
import { immutable, same } from '../validation/immutable.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dnsSubdomain, qualifiedName } from '../validation/names.ts';
import { validateQuantity } from '../validation/quantity.ts';
import { ageColumn, createdAtColumn, integer, joined, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

const GROUP = 'storage.k8s.io';
const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

export const storageClasses: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'storageclasses',
  singular: 'storageclass',
  kind: 'StorageClass',
  shortNames: ['sc'],
  namespaced: false,
  answersDeleted: true,
  columns: [
    { ...nameColumn, cell: (o) => (isDefault(o) ? `${o.metadata.name} (default)` : o.metadata.name) },
    text('Provisioner', (o) => o.provisioner ?? ''),
    text('ReclaimPolicy', (o) => o.reclaimPolicy ?? 'Delete'),
    text('VolumeBindingMode', (o) => o.volumeBindingMode ?? 'Immediate'),
    text('AllowVolumeExpansion', (o) => o.allowVolumeExpansion ?? false),
    ageColumn,
  ],
  strategy: {
    default: (o) => {
      fill(o, 'reclaimPolicy', 'Delete');
      fill(o, 'volumeBindingMode', 'Immediate');
    },
    validate: validateClass,
    validateUpdate: validateClassUpdate,
  },
};

export const csiNodes: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'csinodes',
  singular: 'csinode',
  kind: 'CSINode',
  namespaced: false,
  generation: false,
  unconditionalUpdate: false,
  answersDeleted: true,
  columns: [nameColumn, integer('Drivers', (o) => (o.spec?.drivers ?? []).length), ageColumn],
  strategy: { default: defaultNode, validate: validateNode },
};

export const csiDrivers: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'csidrivers',
  singular: 'csidriver',
  kind: 'CSIDriver',
  namespaced: false,
  generation: false,
  unconditionalUpdate: false,
  answersDeleted: true,
  columns: [
    nameColumn,
    { name: 'AttachRequired', type: 'boolean', cell: (o) => o.spec.attachRequired ?? true },
    { name: 'PodInfoOnMount', type: 'boolean', cell: (o) => o.spec.podInfoOnMount ?? false },
    { name: 'StorageCapacity', type: 'boolean', cell: (o) => o.spec.storageCapacity ?? false },
    text('TokenRequests', (o) => joined((o.spec.tokenRequests ?? []).map((t: Json) => t.audience)) || '<unset>'),
    { name: 'RequiresRepublish', type: 'boolean', cell: (o) => o.spec.requiresRepublish ?? false },
    text('Modes', (o) => joined(o.spec.volumeLifecycleModes ?? []) || '<none>'),
    ageColumn,
  ],
  strategy: {
    default: defaultDriver,
    validateUpdate: (o, old) => immutable('spec.attachRequired', o.spec.attachRequired, old.spec.attachRequired),
  },
};

export const volumeAttachments: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'volumeattachments',
  singular: 'volumeattachment',
  kind: 'VolumeAttachment',
  namespaced: false,
  status: true,
  generation: false,
  unconditionalUpdate: false,
  answersDeleted: true,
  columns: [
    nameColumn,
    text('Attacher', (o) => o.spec.attacher ?? '', { format: 'name' }),
    text('PV', (o) => o.spec.source?.persistentVolumeName ?? ''),
    text('Node', (o) => o.spec.nodeName ?? ''),
    { name: 'Attached', type: 'boolean', cell: (o) => o.status?.attached ?? false },
    ageColumn,
  ],
  strategy: {
    ...separateStatus({ initial: () => ({ attached: false }) }),
    validate: ({ spec = {} }) => [
      ...(spec.attacher ? [] : [required('spec.attacher')]),
      ...(spec.source?.persistentVolumeName || spec.source?.inlineVolumeSpec
        ? []
        : [required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')]),
      ...invalids('spec.nodeName', spec.nodeName ?? '', dnsSubdomain(spec.nodeName ?? '')),
    ],
    validateUpdate: (o, old) => (same(o.spec, old.spec) ? [] : [invalid('spec', o.spec, 'field is immutable')]),
  },
};

export const csiStorageCapacities: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  kind: 'CSIStorageCapacity',
  namespaced: true,
  unconditionalUpdate: false,
  columns: [nameColumn, createdAtColumn],
  strategy: {
    validate: (o) => [
      ...validateLabelSelector(o.nodeTopology, 'nodeTopology'),
      ...invalids('storageClassName', o.storageClassName ?? '', dnsSubdomain(o.storageClassName ?? '')),
      ...(o.capacity === undefined ? [] : validateQuantity(o.capacity, 'capacity')),
    ],
    validateUpdate: (o, old) => [
      ...immutable('nodeTopology', o.nodeTopology, old.nodeTopology),
      ...immutable('storageClassName', o.storageClassName, old.storageClassName),
    ],
  },
};

function isDefault(object: Json): boolean {
  return DEFAULT_CLASS.some((annotation) => object.metadata.annotations?.[annotation] === 'true');
}

const MAX_PARAMETERS = 512;

function validateClass(o: Json): FieldError[] {
  const { provisioner = '' } = o;
  return [
    ...(provisioner
      ? invalids('provisioner', provisioner, qualifiedName(provisioner.toLowerCase()))
      : [required('provisioner')]),
    ...(Object.keys(o.parameters ?? {}).length > MAX_PARAMETERS ? [tooLong('parameters', MAX_PARAMETERS)] : []),
    ...(Object.keys(o.parameters ?? {}).includes('') ? [invalid('parameters', '', 'field can not be empty.')] : []),
    ...oneOf('reclaimPolicy', o.reclaimPolicy, ['Delete', 'Retain']),
    ...oneOf('volumeBindingMode', o.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
  ];
}

function validateClassUpdate(o: Json, old: Json): FieldError[] {
  const fixed = 'updates to parameters are forbidden.';
  return [
    ...(same(o.parameters, old.parameters) ? [] : [forbidden('parameters', fixed)]),
    ...(o.provisioner === old.provisioner ? [] : [forbidden('provisioner', 'updates to provisioner are forbidden.')]),
    ...(o.reclaimPolicy === old.reclaimPolicy
      ? []
      : [forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.')]),
    ...immutable('volumeBindingMode', o.volumeBindingMode, old.volumeBindingMode),
  ];
}

function defaultNode(node: Json): void {
  fill(node, 'spec', {}).drivers ??= null;
}

function validateNode({ spec }: Json): FieldError[] {
  const seen = new Set<string>();
  return (spec.drivers ?? []).flatMap((driver: Json, i: number) => {
    const at = `spec.drivers[${i}]`;
    const errors = ['name', 'nodeID'].filter((field) => !driver[field]).map((field) => required(`${at}.${field}`));
    if (driver.name && seen.has(driver.name)) errors.push(duplicate(`${at}.name`, driver.name));
    seen.add(driver.name);
    return errors;
  });
}

function defaultDriver(driver: Json): void {
  const spec = fill(driver, 'spec', {});
  fill(spec, 'attachRequired', true);
  fill(spec, 'podInfoOnMount', false);
  fill(spec, 'storageCapacity', false);
  fill(spec, 'fsGroupPolicy', 'ReadWriteOnceWithFSType');
  fill(spec, 'requiresRepublish', false);
  fill(spec, 'seLinuxMount', false);
  if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
}
