/** Requests to admission plugins, without an API around them. */

import { MASTER } from '../plane.testing.ts';
import type { Plane } from '../plane.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import { builtInKinds } from '../registry/kinds/index.ts';
import type { AdmissionRequest } from './admission.ts';

interface More {
  readonly plane?: Plane;
  readonly old?: Json;
  readonly dryRun?: boolean;
  readonly subresource?: string;
}

/** The write of an object named `it` in the namespace `default`, unless its metadata say otherwise. */
export function admissionFor(
  operation: AdmissionRequest['operation'],
  plural: string,
  object: Json,
  { plane, old, dryRun = false, subresource }: More = {},
): AdmissionRequest {
  const metadata = { name: 'it', namespace: 'default', ...object.metadata };
  return {
    plane: plane as Plane,
    caller: MASTER,
    definition: definitionOf(plural),
    operation,
    subresource,
    namespace: metadata.namespace,
    name: metadata.name,
    object: { ...object, metadata },
    old,
    dryRun,
    warn: () => {},
  };
}

function definitionOf(plural: string): ResourceDefinition {
  return builtInKinds.find((definition) => definition.plural === plural)!;
}
