/**
 * The least rights with which somebody could have done what he did. Verbs are those that were used and no others; names are
 * kept where the authoriser knows them. What everybody may do who is signed in (discovery, questions about oneself) is left out.
 */
import type { Use } from './use.ts';

export interface RoleWishes {
  /** Of the roles and bindings. */
  readonly name: string;
  /** More names than that become any name; 0 keeps no names. @default 20 */
  readonly names?: number;
  /** What was done alike in several namespaces becomes a right in all. @default false */
  readonly wholeCluster?: boolean;
}

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export interface RbacObject {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: object;
  readonly subjects?: readonly object[];
}

/** A right, with the namespace in which it is needed; none is the whole cluster. */
interface Need {
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly verb: string;
  readonly path?: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const ACCOUNT = 'system:serviceaccount:';
/** What Kubernetes' own roles give to everybody who is signed in. */
const DISCOVERY = /^\/(api|apis|openapi|swagger[^/]*|version|healthz|livez|readyz)(\/.*)?$/;
const ABOUT_ONESELF = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'];

export function rolesFor(user: string, uses: readonly Use[], wishes: RoleWishes): RbacObject[] {
  const needs = narrowed(uses.flatMap(needsOf), wishes);
  const places = [...Map.groupBy(needs, ({ namespace }) => namespace)].sort(([a], [b]) => (a < b ? -1 : 1));
  return places.flatMap(([namespace, of]) => objectsIn(namespace, of, user, wishes.name));
}

function needsOf(use: Use): Need[] {
  const { verb, group, resource, subresource, namespace } = use;
  if (use.as !== undefined) return [impersonation(use.as)];
  if (use.path !== undefined)
    return DISCOVERY.test(use.path) ? [] : [{ namespace: '', group: '', resource: '', name: '', verb, path: use.path }];
  if (ABOUT_ONESELF.includes(resource)) return [];
  const need = { namespace, group, resource: subresource ? `${resource}/${subresource}` : resource, verb };
  if (!use.made || verb === 'create') return [{ ...need, name: isNamed(use) ? use.name : '' }];
  return [
    { ...need, name: use.name },
    { ...need, verb: 'create', name: '' },
  ];
}

/** Who makes an object is asked about before its name is known; of what belongs to an object the name is known. */
function isNamed({ verb, subresource }: Use): boolean {
  return verb !== 'deletecollection' && (verb !== 'create' || subresource !== '');
}

function impersonation(who: string): Need {
  const [namespace, name] = who.startsWith(ACCOUNT) ? who.slice(ACCOUNT.length).split(':') : [];
  const need = { group: '', verb: 'impersonate' };
  if (namespace && name) return { ...need, namespace, resource: 'serviceaccounts', name };
  return { ...need, namespace: '', resource: 'users', name: who };
}

/** Wider where it is wished or where names are too many; and nothing twice. */
function narrowed(needs: readonly Need[], { names = 20, wholeCluster = false }: RoleWishes): Need[] {
  const apart = wholeCluster ? acrossNamespaces(needs) : needs;
  const alike = Map.groupBy(apart, ({ name: _, ...need }) => JSON.stringify(need));
  const named = [...alike.values()].flatMap((of) => {
    const distinct = [...new Map(of.map((need) => [need.name, need])).values()];
    const any = distinct.some(({ name }) => name === '') || distinct.length > Math.max(names, 1) || names === 0;
    return any ? [{ ...distinct[0]!, name: '' }] : distinct;
  });
  return named.filter((need) => !named.some((other) => other !== need && covers(other, need)));
}

/** A right in the whole cluster holds in each namespace, one for any name for each. */
function covers(wide: Need, need: Need): boolean {
  if (
    wide.verb !== need.verb ||
    wide.group !== need.group ||
    wide.resource !== need.resource ||
    need.path !== wide.path
  )
    return false;
  const [place, name] = [wide.namespace === need.namespace, wide.name === need.name];
  if (place && name) return false;
  return (place || wide.namespace === '') && (name || wide.name === '');
}

function acrossNamespaces(needs: readonly Need[]): Need[] {
  const alike = Map.groupBy(needs, ({ namespace: _, name: __, ...need }) => JSON.stringify(need));
  return [...alike.values()].flatMap((of) => {
    const several = new Set(of.map(({ namespace }) => namespace)).size > 1;
    return several ? of.map((need) => ({ ...need, namespace: '' })) : of;
  });
}

function objectsIn(namespace: string, needs: readonly Need[], user: string, name: string): RbacObject[] {
  const kind = namespace ? 'Role' : 'ClusterRole';
  const apiVersion = `${RBAC}/v1` as const;
  const metadata = { name, ...(namespace && { namespace }) };
  const roleRef = { apiGroup: RBAC, kind, name };
  return [
    { apiVersion, kind, metadata, rules: rulesOf(needs) },
    { apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects: [subjectOf(user)] },
  ];
}

function subjectOf(user: string): object {
  const [namespace, name] = user.startsWith(ACCOUNT) ? user.slice(ACCOUNT.length).split(':') : [];
  if (namespace && name) return { kind: 'ServiceAccount', namespace, name };
  return { apiGroup: RBAC, kind: 'User', name: user };
}

/** First the names that one verb has together, then the verbs that have the same, then the resources that have the same. */
function rulesOf(needs: readonly Need[]): Rule[] {
  const urls = joined(
    needs
      .filter(({ path }) => path !== undefined)
      .map(({ path, verb }) => ({ nonResourceURLs: [path!], verbs: [verb] })),
    ['nonResourceURLs', 'verbs'],
  );
  const rules = needs
    .filter(({ path }) => path === undefined)
    .map(({ group, resource, name, verb }) => ({
      apiGroups: [group],
      resources: [resource],
      ...(name && { resourceNames: [name] }),
      verbs: [verb],
    }));
  return [...joined(rules, ['resourceNames', 'verbs', 'resources']), ...urls].sort((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : 1,
  );
}

type Part = Exclude<keyof Rule, 'apiGroups'>;

/** Rules that are alike but for one part become one. Rules with names and rules without stay apart. */
function joined(rules: readonly Rule[], parts: readonly Part[]): Rule[] {
  return parts.reduce<readonly Rule[]>((all, part) => {
    const alike = Map.groupBy(all, (rule) =>
      JSON.stringify([keyOf({ ...rule, [part]: [] }), rule[part] !== undefined]),
    );
    return [...alike.values()].map((of) => {
      const values = [...new Set(of.flatMap((rule) => rule[part] ?? []))].sort();
      return values.length > 0 ? { ...of[0]!, [part]: values } : of[0]!;
    });
  }, rules) as Rule[];
}

function keyOf({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: Rule): string {
  return JSON.stringify([apiGroups, resources, resourceNames !== undefined, resourceNames, nonResourceURLs, verbs]);
}
