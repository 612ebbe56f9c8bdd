/** Which labels a kubelet may give its own Node: none by which others decide what they trust it with. */

/** Labels of Kubernetes' own domains that a kubelet sets. */
const KUBELET_LABELS = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
]);
const KUBELET_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const KUBERNETES_DOMAINS = ['kubernetes.io', 'k8s.io'];

type Labels = Readonly<Record<string, string>>;

/** Labels that differ and that a kubelet may not set, in order. */
export function forbiddenLabels(now: Labels = {}, before: Labels = {}): string[] {
  const changed = Object.keys({ ...before, ...now }).filter((label) => now[label] !== before[label]);
  return changed.filter(isForbidden).sort();
}

function isForbidden(label: string): boolean {
  if (KUBELET_LABELS.has(label)) return false;
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
  return within(domain, KUBERNETES_DOMAINS) && !within(domain, KUBELET_DOMAINS);
}

function within(domain: string, domains: readonly string[]): boolean {
  return domains.some((one) => domain === one || domain.endsWith(`.${one}`));
}
