/** How a claim is said to the network plugin of a cluster: annotations on the Pod, one dialect a driver. */

/** `JDOS`: our own IPAM plugin. `None`: nothing, and whoever asks for a stable address is told so. */
export const DRIVERS = ['JDOS', 'Calico', 'KubeOVN', 'None'] as const;
export type Driver = (typeof DRIVERS)[number];

/** The Pod's claim by name, read by our plugin and by the simulated fleet. */
export const CLAIM_ANNOTATION = 'network.jdos.jd.com/ip-claim';

export interface AnnotatedClaim {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly mac?: string };
  readonly status?: { readonly ips?: readonly string[] };
}

/** Annotations that give a Pod its claim's addresses; undefined while the claim has none, as the Pod must wait then. */
export function addressAnnotations(driver: Driver, claim: AnnotatedClaim): Record<string, string> | undefined {
  const ips = claim.status?.ips ?? [];
  if (driver !== 'None' && ips.length === 0) return undefined;
  return dialects[driver](claim.metadata.name, ips, claim.spec?.mac);
}

const dialects: Record<Driver, (name: string, ips: readonly string[], mac?: string) => Record<string, string>> = {
  JDOS: (name) => ({ [CLAIM_ANNOTATION]: name }),
  Calico: (name, ips, mac) => ({
    [CLAIM_ANNOTATION]: name,
    'cni.projectcalico.org/ipAddrs': JSON.stringify(ips),
    ...(mac && { 'cni.projectcalico.org/hwAddr': mac }),
  }),
  KubeOVN: (name, ips, mac) => ({
    [CLAIM_ANNOTATION]: name,
    'ovn.kubernetes.io/ip_address': ips.join(','),
    ...(mac && { 'ovn.kubernetes.io/mac_address': mac }),
  }),
  None: () => ({}),
};
