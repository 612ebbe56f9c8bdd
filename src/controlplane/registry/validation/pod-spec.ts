/** The spec of a Pod, alone or as a template. */
import { isIP } from 'node:net';
import type { FieldError, Json } from '../definition.ts';
import { identityErrors, validateContainers } from './container.ts';
import { duplicate, invalid, invalids, NOT_AN_IP, notSupported, optionalOneOf, required } from './field-error.ts';
import { validateLabels } from './labels.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';
import { validatePlacement } from './placement.ts';
import { validateVolumes } from './volume.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const SYSTEMS = ['linux', 'windows'];
const MAX_INT32 = 2 ** 31 - 1;

export function validatePodSpec(spec: Json, at: string): FieldError[] {
  return [
    ...validateVolumes(spec.volumes ?? [], `${at}.volumes`),
    ...validateContainers(spec, at),
    ...optionalOneOf(`${at}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...optionalOneOf(`${at}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...dnsConfigErrors(spec, at),
    ...validateLabels(spec.nodeSelector, `${at}.nodeSelector`),
    ...nameErrors(spec, at),
    ...timeErrors(spec, at),
    ...validatePlacement(spec, at),
    ...hostAliasErrors(spec.hostAliases ?? [], `${at}.hostAliases`),
    ...gateErrors(spec, at),
    ...identityErrors(spec.securityContext ?? {}, `${at}.securityContext`),
    ...(spec.os && !SYSTEMS.includes(spec.os.name) ? [notSupported(`${at}.os`, spec.os.name ?? '', SYSTEMS)] : []),
  ];
}

function nameErrors(spec: Json, at: string): FieldError[] {
  const rules = [
    ['serviceAccountName', dnsSubdomain],
    ['nodeName', dnsSubdomain],
    ['hostname', dnsLabel],
    ['subdomain', dnsLabel],
    ['priorityClassName', dnsSubdomain],
    ['runtimeClassName', dnsSubdomain],
  ] as const;
  return rules.flatMap(([field, rule]) =>
    spec[field] ? invalids(`${at}.${field}`, spec[field], rule(spec[field])) : [],
  );
}

function timeErrors(spec: Json, at: string): FieldError[] {
  const deadline = spec.activeDeadlineSeconds ?? undefined;
  return [
    ...(deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)
      ? [invalid(`${at}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MAX_INT32}, inclusive`)]
      : []),
  ];
}

function dnsConfigErrors(spec: Json, at: string): FieldError[] {
  if (spec.dnsPolicy !== 'None') return [];
  if (!spec.dnsConfig) {
    return [required(`${at}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  }
  return (spec.dnsConfig.nameservers ?? []).length > 0
    ? []
    : [required(`${at}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
}

function hostAliasErrors(aliases: Json[], at: string): FieldError[] {
  return aliases.flatMap((alias, i) => [
    ...(isIP(alias.ip ?? '') === 0 ? [invalid(`${at}[${i}].ip`, alias.ip ?? '', NOT_AN_IP)] : []),
    ...(alias.hostnames ?? []).flatMap((name: string, j: number) =>
      invalids(`${at}[${i}].hostnames[${j}]`, name, dnsSubdomain(name)),
    ),
  ]);
}

function gateErrors(spec: Json, at: string): FieldError[] {
  const names: string[] = (spec.schedulingGates ?? []).map((gate: Json) => gate.name ?? '');
  const gates = names.flatMap((name, i) => [
    ...invalids(`${at}.schedulingGates[${i}]`, name, qualifiedName(name)),
    ...(names.indexOf(name) < i ? [duplicate(`${at}.schedulingGates[${i}]`, name)] : []),
  ]);
  const readiness = (spec.readinessGates ?? []).flatMap((gate: Json, i: number) =>
    invalids(
      `${at}.readinessGates[${i}].conditionType`,
      gate.conditionType ?? '',
      qualifiedName(gate.conditionType ?? ''),
    ),
  );
  return [...gates, ...readiness];
}
