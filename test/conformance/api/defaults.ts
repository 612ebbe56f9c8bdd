/** The whole of the least object of each kind, as it is stored. */

import type { Json, ResourceDefinition } from '../../../src/controlplane/registry/definition.ts';
import { builtInKinds } from '../../../src/controlplane/registry/kinds/index.ts';
import { least } from '../../../src/controlplane/registry/kinds/least.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';

const kinds = builtInKinds.filter(
  (d) => !d.fromStored && d.kind !== 'Namespace' && !(d.kind === 'Event' && d.group === 'events.k8s.io'),
);

export const defaults: Cases = Object.fromEntries(
  kinds.map((definition) => [
    `the least ${definition.kind} of ${definition.group || 'core'}/${definition.version} is filled in`,
    (api) => fill(api, definition),
  ]),
);

function fill(api: Talk, { group, version, plural, kind, namespaced }: ResourceDefinition): Promise<unknown> {
  const base = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const path = namespaced ? `${base}/namespaces/${api.namespace}/${plural}` : `${base}/${plural}`;
  const draft: Json = structuredClone(least[kind] ?? {});
  const object = {
    ...draft,
    apiVersion: group ? `${group}/${version}` : version,
    kind,
    metadata: { name: 'x', ...draft.metadata },
  };
  for (const spec of [
    object.spec,
    object.spec?.template?.spec,
    object.template?.spec,
    object.spec?.jobTemplate?.spec.template.spec,
  ])
    if (spec?.containers) spec.automountServiceAccountToken = false;
  if (kind === 'Event') object.involvedObject = { namespace: api.namespace };
  return api.post(path, object, { query: { dryRun: 'All' } });
}
