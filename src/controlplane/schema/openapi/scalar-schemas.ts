/** Types with an encoding of their own as OpenAPI shows them. */

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

function scalar(name: string, schema: Readonly<Record<string, unknown>>): ScalarSchema {
  return { name, schema, uses: [] };
}

function props(name: string, description: string): ScalarSchema {
  return { name: `${CRD}.${name}`, schema: { description }, uses: ['apiextensions.v1.JSONSchemaProps'] };
}
