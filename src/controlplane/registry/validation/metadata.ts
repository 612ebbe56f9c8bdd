/** Rules for `metadata`, the same for every kind but for what its names may look like. */
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, invalids, required, tooLong } from './field-error.ts';
import { same } from './immutable.ts';
import { validateLabels } from './labels.ts';
import { dns1035Label, dnsLabel, dnsSubdomain, type NameRule, pathSegment, prefixOf, qualifiedName } from './names.ts';

const ANNOTATIONS_MAX_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Kinds whose names are not DNS subdomains, by `group/plural`. */
const nameRules: Readonly<Record<string, NameRule>> = {
  '/namespaces': dnsLabel,
  '/services': dns1035Label,
  'rbac.authorization.k8s.io/roles': pathSegment,
  'rbac.authorization.k8s.io/clusterroles': pathSegment,
  'rbac.authorization.k8s.io/rolebindings': pathSegment,
  'rbac.authorization.k8s.io/clusterrolebindings': pathSegment,
};

function nameRuleOf(definition: Pick<ResourceDefinition, 'group' | 'plural'>): NameRule {
  return nameRules[`${definition.group}/${definition.plural}`] ?? dnsSubdomain;
}

type Scope = Pick<ResourceDefinition, 'group' | 'plural' | 'namespaced' | 'custom'>;

/** Faults of an object's metadata, for creates and updates alike. */
export function validateMetadata(object: Json, definition: Scope): FieldError[] {
  const meta = object.metadata ?? {};
  return [
    ...nameErrors(meta, nameRuleOf(definition)),
    ...namespaceErrors(meta, definition.namespaced),
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations, 'metadata.annotations'),
    ...ownerErrors(meta.ownerReferences ?? []),
    ...finalizerErrors(meta.finalizers ?? [], definition),
  ];
}

/** What an update may not change in metadata. Call it besides {@link validateMetadata}. */
export function validateMetadataUpdate(object: Json, old: Json): FieldError[] {
  const meta = object.metadata;
  const errors = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']
    .filter((field) => !same(meta[field], old.metadata[field]))
    .map((field) => invalid(`metadata.${field}`, meta[field] ?? '', 'field is immutable'));
  return [...errors, ...addedFinalizers(meta, old.metadata)];
}

/** Annotation keys are names; all of them together may not be larger than 256 KiB. */
export function validateAnnotations(annotations: Record<string, string> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...invalids(field, key, qualifiedName(key.toLowerCase())));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > ANNOTATIONS_MAX_BYTES) errors.push(tooLong(field, ANNOTATIONS_MAX_BYTES));
  return errors;
}

function nameErrors(meta: Json, rule: NameRule): FieldError[] {
  if (!meta.name && !meta.generateName) return [required('metadata.name', 'name or generateName is required')];
  return [
    ...(meta.generateName
      ? invalids('metadata.generateName', meta.generateName, prefixOf(rule)(meta.generateName))
      : []),
    ...(meta.name ? invalids('metadata.name', meta.name, rule(meta.name)) : []),
  ];
}

function namespaceErrors(meta: Json, namespaced: boolean): FieldError[] {
  if (!namespaced) return meta.namespace ? [forbidden('metadata.namespace', 'not allowed on this type')] : [];
  return meta.namespace
    ? invalids('metadata.namespace', meta.namespace, dnsLabel(meta.namespace))
    : [required('metadata.namespace')];
}

function ownerErrors(owners: Json[]): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors = owners.flatMap((owner) => [
    ...(owner.apiVersion ? [] : [invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty')]),
    ...(owner.kind ? [] : [invalid(`${field}.kind`, owner.kind ?? '', 'must not be empty')]),
    ...(owner.name ? [] : [invalid(`${field}.name`, owner.name ?? '', 'must not be empty')]),
    ...(owner.uid ? [] : [invalid(`${field}.uid`, owner.uid ?? '', 'must not be empty')]),
    ...(owner.apiVersion === 'v1' && owner.kind === 'Event'
      ? [invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner')]
      : []),
  ]);
  const [first, second] = owners.filter((owner) => owner.controller);
  if (second) {
    const found = `Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    errors.push(invalid(field, owners, `Only one reference can have Controller set to true. ${found}`));
  }
  return errors;
}

/** Extensions may name finalizers as they like; built-in kinds want a domain before those that are not standard. */
function finalizerErrors(finalizers: string[], { group, custom }: Scope): FieldError[] {
  const free = custom !== undefined || group === 'apiextensions.k8s.io';
  const errors = finalizers.flatMap((name) => invalids('metadata.finalizers', name, qualifiedName(name)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid('metadata.finalizers', finalizers, detail));
  }
  const strangers = finalizers.flatMap((name, i) =>
    free || name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [
          invalid(
            `metadata.finalizers[${i}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );
  return [...errors, ...strangers];
}

function addedFinalizers(meta: Json, old: Json): FieldError[] {
  if (!old.deletionTimestamp) return [];
  const added = (meta.finalizers ?? []).filter((name: string) => !(old.finalizers ?? []).includes(name));
  if (added.length === 0) return [];
  const names = `[]string{${added.map((name: string) => JSON.stringify(name)).join(', ')}}`;
  const rule = 'no new finalizers can be added if the object is being deleted';
  return [forbidden('metadata.finalizers', `${rule}, found new finalizers ${names}`)];
}
