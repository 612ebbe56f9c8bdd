/** Keeps the rules of aggregated ClusterRoles equal to those of the roles that they gather. */
import { isDeepStrictEqual } from 'node:util';
import { selectorOf } from '../../kube/index.ts';
import type { Plane } from '../plane.ts';
import type { Json } from '../registry/definition.ts';

/** Brings all aggregated roles up to date, now and after every change of a ClusterRole. */
export function aggregateRoles(plane: Plane, onError: (error: unknown) => void): void {
  const roles = plane.of('rbac.authorization.k8s.io', 'clusterroles');
  let due = false;
  const run = (): void => {
    due = false;
    const all = [...roles.current.values()].map((entry) => entry.parse());
    for (const role of all) if (role.aggregationRule) update(plane, role, all).catch(onError);
  };
  roles.subscribe(() => {
    if (!due) setImmediate(run);
    due = true;
  });
  run();
}

async function update(plane: Plane, role: Json, all: readonly Json[]): Promise<void> {
  const rules = gathered(role, all);
  if (isDeepStrictEqual(rules, role.rules ?? [])) return;
  await plane.store.write(plane.of('rbac.authorization.k8s.io', 'clusterroles'), role.metadata.name, (current) => {
    const newest = current?.parse();
    return newest?.aggregationRule ? { object: { ...newest, rules } } : undefined;
  });
}

function gathered(role: Json, all: readonly Json[]): Json[] {
  const selectors = (role.aggregationRule.clusterRoleSelectors ?? []).map((s: Json) => selectorOf(s));
  const members = all.filter(
    (r) => r.metadata.name !== role.metadata.name && selectors.some((s: Json) => s.matches(r.metadata.labels)),
  );
  const rules: Json[] = [];
  for (const rule of members.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).flatMap((r) => r.rules ?? []))
    if (!rules.some((known) => isDeepStrictEqual(known, rule))) rules.push(rule);
  return rules;
}
