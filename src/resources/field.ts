/** Words in which the schemas of the kinds are written. What OpenAPI needs and zod lacks travels as metadata. */
import { z } from 'zod';
import type { core, LabelSelector } from '../kube/index.ts';
import type { Rule } from './definition.ts';

/** Members of the OpenAPI schema that are set as they are. */
export interface Extra {
  readonly 'x-kubernetes-validations'?: readonly Rule[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly [member: string]: unknown;
}

/** The schema with members of OpenAPI that zod does not know. */
export function extended<S extends z.ZodType>(schema: S, extra: Extra): S {
  return schema.meta({ ...schema.meta(), openapi: { ...openapiOf(schema), ...extra } }) as S;
}

/** The members that {@link extended} has put in. */
export function openapiOf(schema: z.ZodType): Extra {
  return (schema.meta()?.openapi as Extra | undefined) ?? {};
}

/** With rules in CEL, which only a server judges. */
export function ruled<S extends z.ZodType>(schema: S, ...rules: readonly Rule[]): S {
  return extended(schema, { 'x-kubernetes-validations': rules });
}

export const count = () => z.int32().min(0);

/** A number, or a text of this form. */
export const numberOr = (form: RegExp, example: string) =>
  extended(z.union([z.int32().min(0), z.string().regex(form)], `expected a number of 0 or more, or ${example}`), {
    'x-kubernetes-int-or-string': true,
    minimum: 0,
    pattern: form.source,
  });

/** `3` or `20%`. */
export const countOrPercent = () => numberOr(/^[0-9]+%$/, 'a percentage like 20%');

/** A list that is replaced as a whole. */
export const list = <S extends z.ZodType>(item: S, max = 100) => z.array(item).max(max);

/** A list without repetitions, whose items several appliers may own. */
export const set = <S extends z.ZodType>(item: S, max = 100) =>
  extended(z.array(item).max(max), { 'x-kubernetes-list-type': 'set' });

/** A list whose items are told apart by these members. */
export const listMap = <S extends z.ZodType>(item: S, keys: readonly string[], max = 100) =>
  extended(z.array(item).max(max), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });

export const dnsLabel = () =>
  z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "expected lower-case letters, digits and '-'");

/** Of an object in the same namespace. */
export const objectName = () => z.string().min(1).max(253);

export const reference = () => z.strictObject({ name: objectName().describe('Name of the object.') });

const labelValues = () => z.record(z.string(), z.string().max(63));

export const labels = () => extended(labelValues(), { maxProperties: 64 });

/** An empty one selects nothing: no workload may take hold of a whole namespace. */
export const labelSelector = () =>
  z.strictObject({
    matchLabels: labels().optional().describe('Labels and their values; all must be there.'),
    matchExpressions: list(
      z.strictObject({
        key: z.string().max(317).describe('The label.'),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']).describe('How it is compared.'),
        values: list(z.string().max(63)).optional().describe('For In and NotIn.'),
      }),
    )
      .optional()
      .describe('Requirements; all must be met.'),
  }) satisfies z.ZodType<LabelSelector>;

const named = () => z.looseObject({ name: z.string().min(1).max(253).describe('Its name.') });

const partsByName = (what: string) =>
  listMap(extended(named(), { 'x-kubernetes-preserve-unknown-fields': true }), ['name'], 64).describe(what);

/** A Pod template. Its fields are Kubernetes' own and are judged when a Pod is made of it. */
export const podTemplate = () =>
  z
    .strictObject({
      metadata: z
        .strictObject({
          labels: labels().optional().describe('Labels of each Pod.'),
          annotations: extended(z.record(z.string(), z.string()), {}).optional().describe('Annotations of each Pod.'),
          finalizers: set(z.string().max(317)).optional().describe('Finalizers of each Pod.'),
          name: z.string().optional().describe('Not used.'),
          creationTimestamp: extended(z.unknown(), { nullable: true }).optional().describe('Not used.'),
        })
        .optional()
        .describe('Metadata of each Pod.'),
      spec: extended(
        z.looseObject({
          containers: partsByName('Containers of each Pod.').min(1),
          initContainers: partsByName('Containers that run before, or beside, the others.').optional(),
          volumes: partsByName('Volumes of each Pod.').optional(),
        }),
        { 'x-kubernetes-preserve-unknown-fields': true },
      ).describe('The PodSpec of each Pod, as in any other workload.'),
    })
    .describe('The Pod that each replica is made of.');

/** What {@link podTemplate} lets through. */
export type PodTemplate = core.PodTemplateSpec & { spec: core.PodSpec };

export const conditions = () =>
  listMap(
    z.strictObject({
      type: z.string().describe('What it is about.'),
      status: z.enum(['True', 'False', 'Unknown']).describe('Does it hold?'),
      reason: z.string().optional().describe('One word that says why.'),
      message: z.string().optional().describe('The same for people.'),
      lastTransitionTime: time().optional().describe('When `status` changed last.'),
      lastUpdateTime: time().optional().describe('When something last moved, where that is told.'),
      observedGeneration: z.int().optional().describe('The generation of the object that it was judged on.'),
    }),
    ['type'],
    32,
  ).describe('What holds of it now.');

export const time = () => extended(z.string(), { format: 'date-time' });
