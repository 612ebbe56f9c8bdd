/** Custom resources: a table for each CustomResourceDefinition that is served. */
import { type KubeObject, resourceType } from '../../kube/index.ts';
import { generalKind, type KindTable, type PrintedColumn } from '../tables/index.ts';

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly additionalPrinterColumns?: readonly PrintedColumn[];
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly Version[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export const CUSTOM_RESOURCE_DEFINITIONS = resourceType<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);

/** Undefined while it is not served. */
export function customKind({ spec, status }: CustomResourceDefinition): KindTable | undefined {
  const established = status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
  const version = spec.versions.find(({ served, storage }) => served && storage) ?? spec.versions.find((v) => v.served);
  if (!established || !version) return undefined;
  const { kind, plural } = spec.names;
  const type = resourceType(`${spec.group}/${version.name}`, kind, plural, spec.scope === 'Namespaced');
  return generalKind(type, version.additionalPrinterColumns);
}
