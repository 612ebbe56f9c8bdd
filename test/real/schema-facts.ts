/**
 * Writes src/controlplane/schema/facts/: one record per type of the pinned Kubernetes, without prose, from the OpenAPI
 * documents inside the module k8s.io/kubernetes and the Go types beside them. Run it after `pin`:
 *
 *   node test/real/schema-facts.ts
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type GoField, type GoPackage, readGoPackage, wrapperMessages } from './go-types.ts';

interface Source {
  /** `core.v1`: the short name that facts use. */
  readonly name: string;
  readonly module: string;
  readonly path: string;
  readonly openapi: string;
  /** The document that has this package's types. */
  readonly document: string;
}

const GROUPS: Record<string, string> = {
  admissionregistration: 'admissionregistration.k8s.io',
  apps: 'apps',
  authentication: 'authentication.k8s.io',
  authorization: 'authorization.k8s.io',
  autoscaling: 'autoscaling',
  batch: 'batch',
  certificates: 'certificates.k8s.io',
  coordination: 'coordination.k8s.io',
  discovery: 'discovery.k8s.io',
  events: 'events.k8s.io',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
  networking: 'networking.k8s.io',
  node: 'node.k8s.io',
  policy: 'policy',
  rbac: 'rbac.authorization.k8s.io',
  resource: 'resource.k8s.io',
  scheduling: 'scheduling.k8s.io',
  storage: 'storage.k8s.io',
};

const SOURCES: readonly Source[] = [
  {
    name: 'meta.v1',
    module: 'k8s.io/apimachinery',
    path: 'pkg/apis/meta/v1',
    openapi: 'io.k8s.apimachinery.pkg.apis.meta.v1',
    document: 'api__v1',
  },
  { name: 'core.v1', module: 'k8s.io/api', path: 'core/v1', openapi: 'io.k8s.api.core.v1', document: 'api__v1' },
  ...Object.entries(GROUPS).map(([short, group]) => ofGroup(short, group, 'v1')),
  ofGroup('autoscaling', 'autoscaling', 'v2'),
  {
    name: 'apiextensions.v1',
    module: 'k8s.io/apiextensions-apiserver',
    path: 'pkg/apis/apiextensions/v1',
    openapi: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
    document: 'apis__apiextensions.k8s.io__v1',
  },
  {
    name: 'apiregistration.v1',
    module: 'k8s.io/kube-aggregator',
    path: 'pkg/apis/apiregistration/v1',
    openapi: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
    document: 'apis__apiregistration.k8s.io__v1',
  },
];

function ofGroup(short: string, group: string, version: string): Source {
  return {
    name: `${short}.${version}`,
    module: 'k8s.io/api',
    path: `${short}/${version}`,
    openapi: `io.k8s.api.${short}.${version}`,
    document: `apis__${group}__${version}`,
  };
}

/** Types with an encoding of their own, by OpenAPI name. */
const SCALARS: Record<string, string> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'Quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'IntOrString',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'Time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'MicroTime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'FieldsV1',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Duration': 'Duration',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'RawExtension',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'JSON',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'JSONSchemaPropsOrArray',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'JSONSchemaPropsOrBool',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray':
    'JSONSchemaPropsOrStringArray',
};

/** Go's name of what the facts call otherwise. */
const GO_NAMES: Record<string, string> = {
  int: 'int64',
  Quantity: 'resource.Quantity',
  IntOrString: 'intstr.IntOrString',
  Time: 'v1.Time',
  MicroTime: 'v1.MicroTime',
  FieldsV1: 'v1.FieldsV1',
  Duration: 'v1.Duration',
  RawExtension: 'runtime.RawExtension',
  JSON: 'v1.JSON',
  JSONSchemaPropsOrArray: 'v1.JSONSchemaPropsOrArray',
  JSONSchemaPropsOrBool: 'v1.JSONSchemaPropsOrBool',
  JSONSchemaPropsOrStringArray: 'v1.JSONSchemaPropsOrStringArray',
  bytes: '[]uint8',
};

interface OpenApi {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApi[];
  readonly type?: string;
  readonly format?: string;
  readonly items?: OpenApi;
  readonly additionalProperties?: OpenApi;
  readonly properties?: Record<string, OpenApi>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly [extension: `x-kubernetes-${string}`]: unknown;
}

type Facts = Record<string, unknown>;

const here = import.meta.dirname;
const target = `${here}/../../src/controlplane/schema/facts`;
const directories = moduleDirectories();
const version = /kubernetes@(v[\d.]+)$/.exec(directories.get('k8s.io/kubernetes')!)![1]!;
const schemas = new Map(SOURCES.flatMap((source) => Object.entries(documentSchemas(source.document))));
const packages = new Map(SOURCES.map((source) => [source.name, goPackage(source)]));

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const kinds: Record<string, string> = {};
for (const source of SOURCES) writeFileSync(`${target}/${source.name}.json`, lines(typesOf(source)));
const index = {
  version,
  packages: Object.fromEntries(SOURCES.map((s) => [s.name, s.openapi])),
  kinds: Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1))),
};
writeFileSync(`${target}/index.json`, `${JSON.stringify(index, undefined, 1)}\n`);

function moduleDirectories(): Map<string, string> {
  const modules = ['k8s.io/kubernetes', ...new Set(SOURCES.map((s) => s.module))];
  const out = execFileSync('go', ['list', '-m', '-f', '{{.Path}} {{.Dir}}', ...modules], {
    cwd: here,
    encoding: 'utf8',
  });
  return new Map(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}

function documentSchemas(document: string): Record<string, OpenApi> {
  const file = `${directories.get('k8s.io/kubernetes')}/api/openapi-spec/v3/${document}_openapi.json`;
  return (JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, OpenApi> } }).components
    .schemas;
}

function goPackage(source: Source): GoPackage & { wrappers: Set<string> } {
  const directory = `${directories.get(source.module)}/${source.path}`;
  const files = globSync(`${directory}/*.go`).filter((f) => !/_test\.go$|zz_generated|\.pb\.go$|swagger_doc/.test(f));
  const proto = `${directory}/generated.proto`;
  const wrappers = existsSync(proto) ? wrapperMessages(readFileSync(proto, 'utf8')) : new Set<string>();
  return { ...readGoPackage(files.sort()), wrappers };
}

function typesOf(source: Source): Record<string, Facts> {
  const types: Record<string, Facts> = {};
  for (const [full, schema] of [...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = full.slice(source.openapi.length + 1);
    if (!full.startsWith(`${source.openapi}.`) || SCALARS[full] || name === 'Patch') continue;
    types[name] = typeFacts(source, name, schema);
    noteKinds(`${source.name}.${name}`, schema);
  }
  if (source.name === 'meta.v1') Object.assign(types, optionTypes(source));
  return types;
}

/** The options of requests are no part of OpenAPI, yet arrive as bodies and in protobuf. */
function optionTypes(source: Source): Record<string, Facts> {
  const fields = { apiVersion: { type: 'string' }, kind: { type: 'string' } };
  const strings = { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' };
  const written = { ...fields, dryRun: strings, fieldManager: { type: 'string' }, fieldValidation: { type: 'string' } };
  return {
    CreateOptions: typeFacts(source, 'CreateOptions', { properties: written }),
    UpdateOptions: typeFacts(source, 'UpdateOptions', { properties: written }),
    PatchOptions: typeFacts(source, 'PatchOptions', { properties: { ...written, force: { type: 'boolean' } } }),
  };
}

function noteKinds(name: string, schema: OpenApi): void {
  const all = (schema['x-kubernetes-group-version-kind'] ?? []) as { group: string; version: string; kind: string }[];
  if (all.length > 1) return; // DeleteOptions, WatchEvent: in every group
  for (const k of all) kinds[`${k.group ? `${k.group}/` : ''}${k.version}/${k.kind}`] = name;
}

function typeFacts(source: Source, name: string, schema: OpenApi): Facts {
  const goFields = flattened(source, name);
  const required = new Set(schema.required);
  const fields: Record<string, Facts> = {};
  for (const [field, value] of Object.entries(schema.properties ?? {})) {
    const goField = goFields.get(field);
    if (!goField) throw new Error(`${source.name}.${name}.${field} has no field in Go`);
    fields[field] = fieldFacts(source, value, goField, required.has(field));
  }
  return {
    fields,
    ...(schema['x-kubernetes-map-type'] ? { mapType: schema['x-kubernetes-map-type'] } : {}),
    ...(schema['x-kubernetes-unions'] ? { unions: schema['x-kubernetes-unions'] } : {}),
  };
}

/** `within`: number and name of the messages that a field lies in on the wire because Go embeds its struct. */
type PlacedField = GoField & { readonly within?: readonly (readonly [number, string])[] };

function flattened(source: Source, name: string): Map<string, PlacedField> {
  const fields = new Map<string, PlacedField>();
  for (const field of packages.get(source.name)!.structs.get(name) ?? []) {
    if (field.json !== '' || !field.inline) {
      fields.set(field.json, field);
      continue;
    }
    if (/(^|\.)TypeMeta$/.test(field.goType)) {
      for (const json of ['kind', 'apiVersion']) {
        fields.set(json, { json, goType: 'string', number: 0, inline: false, omit: 'empty' });
      }
      continue;
    }
    const embedded = field.goType.replace('*', '');
    for (const [json, each] of flattened(source, embedded)) {
      fields.set(json, { ...each, within: [[field.number, embedded], ...(each.within ?? [])] });
    }
  }
  return fields;
}

function fieldFacts(source: Source, schema: OpenApi, go: PlacedField, required: boolean): Facts {
  const pointer = go.goType.startsWith('*');
  const goName = qualified(source, go.goType.replace(/^\*/, ''));
  const type = typeName(schema, goName);
  const base = go.goType.replace(/^\*/, '');
  const alias = base.replace(/^map\[\w+\]/, '');
  return {
    type,
    n: go.number,
    ...(go.within && { within: go.within }),
    ...(required && { required }),
    ...(pointer && { pointer }),
    ...(go.omit && { omit: go.omit }),
    ...(goName !== goOf(type) && { go: goName }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...enumOf(source, base),
    ...(isWrapped(source, alias) && { wrapped: true }),
    ...extension(schema, 'list-type', 'list'),
    ...extension(schema, 'list-map-keys', 'keys'),
    ...extension(schema, 'map-type', 'mapType'),
    ...extension(schema, 'patch-strategy', 'patch'),
    ...extension(schema, 'patch-merge-key', 'mergeKey'),
  };
}

/** Named slices travel as a message with one field `items`. */
function isWrapped(source: Source, goType: string): boolean {
  const own = packages.get(source.name)!;
  return own.aliases.has(goType) && own.wrappers.has(goType);
}

function extension(schema: OpenApi, from: string, to: string): Facts {
  const value = schema[`x-kubernetes-${from}`];
  return value === undefined ? {} : { [to]: value };
}

function enumOf(source: Source, goType: string): Facts {
  const element = goType.replace(/^\[\]|^map\[[\w.]+\]/, '');
  const values = ownPackage(source, element).enums.get(element.split('.').pop()!);
  return values ? { enum: values } : {};
}

/** `[]core.v1.Container`, `map:string`, `Quantity`, `int32`. */
function typeName(schema: OpenApi, goName: string): string {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (ref) return shortName(ref.slice(ref.lastIndexOf('/') + 1));
  if (schema.type === 'array') return `[]${typeName(schema.items!, goName.replace(/^\[\]/, ''))}`;
  if (schema.additionalProperties) return `map:${typeName(schema.additionalProperties, '')}`;
  if (schema.type === 'integer') return schema.format ?? 'int';
  if (schema.type === 'number') return 'double';
  if (schema.type === 'string' && schema.format === 'byte') return 'bytes';
  if (schema.type === 'object' && /FieldsV1|RawExtension/.test(goName)) return goName.split('.').pop()!;
  return schema.type === 'boolean' ? 'bool' : (schema.type ?? 'any');
}

function shortName(full: string): string {
  const scalar = SCALARS[full];
  if (scalar) return scalar;
  const source = SOURCES.find((s) => full.startsWith(`${s.openapi}.`));
  if (!source) throw new Error(`no package for ${full}`);
  return `${source.name}${full.slice(source.openapi.length)}`;
}

/** The name that Go prints for what the facts call `type`. */
function goOf(type: string): string {
  if (type.startsWith('[]')) return `[]${goOf(type.slice(2))}`;
  if (type.startsWith('map:')) return `map[string]${goOf(type.slice(4))}`;
  if (type === 'double') return 'float64';
  return GO_NAMES[type] ?? type.replace(/^\w+\.(v\d\.)/, '$1');
}

function qualified(source: Source, go: string): string {
  if (go.startsWith('[]')) return `[]${qualified(source, go.slice(2))}`;
  if (go.startsWith('*')) return `*${qualified(source, go.slice(1))}`;
  const map = /^map\[([\w.]+)\](.+)$/.exec(go);
  if (map) return `map[${qualified(source, map[1]!)}]${qualified(source, map[2]!)}`;
  if (go === 'byte') return 'uint8';
  const own = go.replace(/^(metav1|corev1|v1|rbacv1|autoscalingv1|apimachinerymetav1)\./, 'v1.');
  return /^[A-Z]/.test(own) ? `${source.path.split('/').pop()}.${own}` : own;
}

function ownPackage(source: Source, goType: string): GoPackage {
  const prefix = /^(\w+)\./.exec(goType)?.[1];
  if (!prefix) return packages.get(source.name)!;
  return packages.get(prefix === 'metav1' ? 'meta.v1' : 'core.v1')!;
}

/** JSON with one type a line, so that a change of version reads well. */
function lines(types: Record<string, Facts>): string {
  const rows = Object.entries(types).map(([name, facts]) => `${JSON.stringify(name)}:${JSON.stringify(facts)}`);
  return `{\n${rows.join(',\n')}\n}\n`;
}
