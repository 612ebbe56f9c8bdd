/** The CustomResourceDefinition of a kind. */
import type { KubeObject } from '../kube/index.ts';
import type { Column, KindDefinition, Rule } from './definition.ts';
import { type OpenApiSchema, structuralSchema } from './structural.ts';

export interface CustomResourceDefinition extends KubeObject {
  spec: Record<string, unknown>;
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string }[] };
}

export type CrdManifest = Omit<CustomResourceDefinition, 'metadata'> & { metadata: { name: string } };

export function crdManifest(kind: KindDefinition): CrdManifest {
  const { type, shortNames, categories, scale } = kind;
  const version = {
    name: type.version,
    served: true,
    storage: true,
    schema: { openAPIV3Schema: wholeSchema(kind) },
    subresources: {
      ...(kind.status && { status: {} }),
      ...(scale && {
        scale: {
          specReplicasPath: scale.replicas,
          statusReplicasPath: scale.observed,
          labelSelectorPath: scale.selector,
        },
      }),
    },
    additionalPrinterColumns: kind.columns.map(column),
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${type.plural}.${type.group}` },
    spec: {
      group: type.group,
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: type.kind,
        listKind: `${type.kind}List`,
        plural: type.plural,
        singular: type.kind.toLowerCase(),
        shortNames: [...shortNames],
        ...(categories && { categories: [...categories] }),
      },
      versions: [version],
    },
  };
}

function wholeSchema({ summary, spec, status, rules }: KindDefinition): OpenApiSchema {
  return {
    type: 'object',
    description: summary,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: { description: 'What is wanted.', ...structuralSchema(spec) },
      ...(status && { status: { description: 'What is there.', ...structuralSchema(status) } }),
    },
    ...(rules && { 'x-kubernetes-validations': rules satisfies readonly Rule[] }),
  };
}

function column({ name, type, path, description, priority }: Column): Record<string, unknown> {
  return { name, type, jsonPath: path, ...(description && { description }), ...(priority && { priority }) };
}
