/** `audit.k8s.io/v1` Policy: how much of which request is written down. The first rule that fits decides. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { JdosError } from '../../errors/index.ts';
import type { Exchange } from '../exchange.ts';

export type Level = 'None' | 'Metadata' | 'Request' | 'RequestResponse';
export type AuditStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

export interface PolicyRule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly {
    readonly group?: string;
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly AuditStage[];
}

export interface Policy {
  readonly rules: readonly PolicyRule[];
  readonly omitStages?: readonly AuditStage[];
}

/** Changes by people and programs; not the heartbeat of hosts, nor the reading that controllers live on. */
export const DEFAULT_POLICY: Policy = {
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    {
      level: 'None',
      resources: [
        { group: 'coordination.k8s.io', resources: ['leases'] },
        { group: '', resources: ['events'] },
        { group: 'events.k8s.io', resources: ['events'] },
      ],
    },
    {
      level: 'None',
      users: ['jdos:fleet', 'system:kube-scheduler', 'system:kube-controller-manager'],
      verbs: ['get', 'list', 'watch'],
    },
    { level: 'None', users: ['jdos:fleet'] },
    {
      level: 'None',
      nonResourceURLs: [
        '/healthz',
        '/livez',
        '/readyz',
        '/version',
        '/openapi/*',
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
      ],
    },
    { level: 'Metadata' },
  ],
};

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'];

/** Reads a policy file; a wrong one is refused rather than half believed. */
export function loadPolicy(file: string): Policy {
  const policy = parse(readFileSync(file, 'utf8')) as Policy & { kind?: string };
  const problem = faultIn(policy);
  if (problem) throw new JdosError('JDOS_ERR_AUDIT_POLICY', { file, problem });
  return policy;
}

function faultIn(policy: (Policy & { kind?: string }) | null): string | undefined {
  if (policy?.kind !== 'Policy')
    return `expected kind Policy of audit.k8s.io/v1, found ${JSON.stringify(policy?.kind)}`;
  if (!Array.isArray(policy.rules)) return 'expected a list of rules';
  const index = policy.rules.findIndex((rule) => !LEVELS.includes(rule?.level));
  if (index < 0) return undefined;
  return `rules[${index}].level: expected one of ${LEVELS.join(', ')}, found ${JSON.stringify(policy.rules[index]?.level)}`;
}

/** The level and the stages left out for a request whose caller is known. */
export function judge(policy: Policy, exchange: Exchange): { level: Level; omitStages: readonly AuditStage[] } {
  const rule = policy.rules.find((candidate) => fits(candidate, exchange));
  return { level: rule?.level ?? 'None', omitStages: [...(policy.omitStages ?? []), ...(rule?.omitStages ?? [])] };
}

function fits(rule: PolicyRule, { caller, target, url, method }: Exchange): boolean {
  const { users, userGroups, verbs, resources, namespaces, nonResourceURLs } = rule;
  if (users?.length && !users.includes(caller?.name ?? '')) return false;
  if (userGroups?.length && !userGroups.some((group) => caller?.groups.includes(group))) return false;
  if (verbs?.length && !verbs.includes(target?.verb ?? method.toLowerCase())) return false;
  if (target) {
    if (nonResourceURLs?.length) return false;
    if (namespaces?.length && !namespaces.includes(target.namespace ?? '')) return false;
    return !resources?.length || resources.some((r) => resourceFits(r, target));
  }
  if (resources?.length || namespaces?.length) return false;
  return !nonResourceURLs?.length || nonResourceURLs.some((pattern) => pathFits(pattern, url.pathname));
}

function resourceFits(
  { group = '', resources, resourceNames }: NonNullable<PolicyRule['resources']>[number],
  target: NonNullable<Exchange['target']>,
): boolean {
  if (group !== target.group) return false;
  if (resourceNames?.length && !resourceNames.includes(target.name ?? '')) return false;
  if (!resources?.length) return true;
  const { plural, subresource } = target;
  const names = subresource === undefined ? [plural] : [`${plural}/${subresource}`, `${plural}/*`, `*/${subresource}`];
  return resources.some((pattern) => pattern === '*' || names.includes(pattern));
}

function pathFits(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}
