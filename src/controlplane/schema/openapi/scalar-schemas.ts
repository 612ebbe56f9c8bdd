/** Types with an encoding of their own as OpenAPI shows them, and short words for the fields that every kind has. */

export interface ScalarSchema {
  /** Its name in documents. */
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** Types that its schema refers to. */
  readonly uses: readonly string[];
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const CRD = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

export const SCALAR_SCHEMAS: Readonly<Record<string, ScalarSchema>> = {
  Quantity: scalar('io.k8s.apimachinery.pkg.api.resource.Quantity', {
    description: 'An amount with an optional suffix: 500m, 2, 10Gi, 1e3.',
    oneOf: [{ type: 'string' }, { type: 'number' }],
  }),
  IntOrString: scalar('io.k8s.apimachinery.pkg.util.intstr.IntOrString', {
    description: 'A whole number or a text, such as 8080, "http" or "25%".',
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  }),
  Time: scalar(`${META}.Time`, { description: 'A time, RFC 3339 to the second.', format: 'date-time', type: 'string' }),
  MicroTime: scalar(`${META}.MicroTime`, {
    description: 'A time, RFC 3339 to the microsecond.',
    format: 'date-time',
    type: 'string',
  }),
  FieldsV1: scalar(`${META}.FieldsV1`, { description: 'A set of fields, as a tree.', type: 'object' }),
  RawExtension: scalar('io.k8s.apimachinery.pkg.runtime.RawExtension', {
    description: 'Any object, kept as it comes.',
    type: 'object',
  }),
  Patch: scalar(`${META}.Patch`, {
    description: 'A change to an object, in the form that the media type names.',
    type: 'object',
  }),
  JSON: scalar(`${CRD}.JSON`, { description: 'Any JSON value.' }),
  JSONSchemaPropsOrArray: props('JSONSchemaPropsOrArray', 'A schema, or a list of them.'),
  JSONSchemaPropsOrBool: props('JSONSchemaPropsOrBool', 'A schema, or whether anything goes.'),
  JSONSchemaPropsOrStringArray: props('JSONSchemaPropsOrStringArray', 'A schema, or a list of names.'),
};

export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  apiVersion: 'Group and version in which this object is written.',
  kind: 'What kind of object this is.',
  metadata: 'Name, namespace, labels and the like.',
  spec: 'What is wanted.',
  status: 'What was last observed; written by the system.',
  items: 'The objects of the list.',
  labels: 'Keys and values by which objects are selected.',
  annotations: 'Keys and values for programs and people; nothing selects by them.',
  replicas: 'How many there are, or should be.',
  selector: 'Which objects are meant, by their labels.',
  template: 'From which new objects are made.',
  containers: 'The containers of the Pod.',
  image: 'The container image.',
};

function scalar(name: string, schema: Readonly<Record<string, unknown>>): ScalarSchema {
  return { name, schema, uses: [] };
}

function props(name: string, description: string): ScalarSchema {
  return { name: `${CRD}.${name}`, schema: { description }, uses: ['apiextensions.v1.JSONSchemaProps'] };
}
