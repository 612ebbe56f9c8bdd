/** The PodDisruptionBudget that stands for a policy, so that `kubectl drain` and everybody else who evicts keeps to it. */
import {
  apiVersionOf,
  controllerOf,
  ifFound,
  type KubeClient,
  POD_DISRUPTION_BUDGETS,
  type PodDisruptionBudget,
} from '../../kube/index.ts';
import { DISRUPTION_POLICIES, type DisruptionPolicy } from '../../resources/index.ts';

const FIELD_MANAGER = 'jdos-disruption';

/** What it says while windows are closed: nothing may be taken away. */
export function budgetOf({ metadata, spec }: DisruptionPolicy, open: boolean) {
  const owner = {
    apiVersion: apiVersionOf(DISRUPTION_POLICIES),
    kind: DISRUPTION_POLICIES.kind,
    name: metadata.name,
    uid: metadata.uid,
  };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      selector: spec.selector,
      maxUnavailable: open ? spec.maxUnavailable : 0,
      unhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy,
    },
  };
}

/** False: there is one of this name that is another's, and it is left alone. */
export async function project(
  client: Pick<KubeClient, 'patch' | 'get'>,
  policy: DisruptionPolicy,
  open: boolean,
): Promise<boolean> {
  const wanted = budgetOf(policy, open);
  const { name, namespace } = wanted.metadata;
  const there = await ifFound(client.get(POD_DISRUPTION_BUDGETS, name, { namespace }));
  if (there && controllerOf(there)?.uid !== policy.metadata.uid) return false;
  if (there && saysAlready(there, wanted.spec)) return true;
  const patch = { kind: 'apply', body: wanted, force: true } as const;
  await client.patch(POD_DISRUPTION_BUDGETS, name, patch, { namespace, fieldManager: FIELD_MANAGER });
  return true;
}

function saysAlready({ spec }: PodDisruptionBudget, wanted: ReturnType<typeof budgetOf>['spec']): boolean {
  return (
    spec.maxUnavailable === wanted.maxUnavailable &&
    spec.unhealthyPodEvictionPolicy === wanted.unhealthyPodEvictionPolicy &&
    JSON.stringify(spec.selector) === JSON.stringify(wanted.selector)
  );
}
