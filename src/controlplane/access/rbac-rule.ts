/** One rule of a Role: what it allows, and whether it contains another. */
import type { AccessAttributes } from './attributes.ts';

/** `rbac.authorization.k8s.io/v1` PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

const ALL = '*';

export function ruleAllows(rule: PolicyRule, access: AccessAttributes): boolean {
  if (!has(rule.verbs, access.verb)) return false;
  if (access.kind === 'path') return (rule.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, access.path));
  if (!has(rule.apiGroups, access.group)) return false;
  if (!(rule.resources ?? []).some((pattern) => resourceMatches(pattern, access.resource, access.subresource)))
    return false;
  return !rule.resourceNames?.length || (access.name !== undefined && rule.resourceNames.includes(access.name));
}

/** Do rules that somebody holds allow everything that `wanted` allows? */
export function covers(held: readonly PolicyRule[], wanted: PolicyRule): boolean {
  return parts(wanted).every((part) => held.some((rule) => coversPart(rule, part)));
}

/** The smallest rules that together are `rule`. */
function parts({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): PolicyRule[] {
  const paths = verbs.flatMap((verb) => nonResourceURLs.map((url) => ({ verbs: [verb], nonResourceURLs: [url] })));
  const names = resourceNames.length > 0 ? resourceNames.map((name) => [name]) : [[]];
  const resourceRules = verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((resourceNames) => ({ verbs: [verb], apiGroups: [group], resources: [resource], resourceNames })),
      ),
    ),
  );
  return [...paths, ...resourceRules];
}

function coversPart(rule: PolicyRule, part: PolicyRule): boolean {
  if (!has(rule.verbs, part.verbs[0]!)) return false;
  const url = part.nonResourceURLs?.[0];
  if (url !== undefined)
    return (rule.nonResourceURLs ?? []).some((pattern) => pattern === url || pathMatches(pattern, url));
  const [resource, subresource] = part.resources![0]!.split('/') as [string, string?];
  if (!has(rule.apiGroups, part.apiGroups![0]!)) return false;
  if (!(rule.resources ?? []).some((pattern) => resourceMatches(pattern, resource, subresource))) return false;
  if (!rule.resourceNames?.length) return true;
  return part.resourceNames!.length > 0 && rule.resourceNames.includes(part.resourceNames![0]!);
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(ALL) || list.includes(value));
}

function resourceMatches(pattern: string, resource: string, subresource: string | undefined): boolean {
  if (pattern === ALL) return true;
  if (subresource === undefined) return pattern === resource;
  return pattern === `${resource}/${subresource}` || pattern === `*/${subresource}`;
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern === ALL || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}
