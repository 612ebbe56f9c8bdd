/** What is known of a host without asking it: its place, and what the cluster says of its Node. */

export interface Subject {
  readonly host: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Missing for a host that is no Node. */
  readonly node?: NodeSubject;
  /** What most hosts of its pool have. */
  readonly pool?: { readonly kubelet?: string; readonly kernel?: string };
  readonly apiserver?: string;
  /** Of an agent that sends by itself. */
  readonly heartbeat?: { readonly at: number; readonly intervalMs: number };
  /** How this host is asked, where that is said. */
  readonly reach?: string;
}

export interface NodeSubject {
  /** Missing where no condition Ready is there. */
  readonly ready?: { readonly status: string; readonly since: number };
  /** How old the Lease was when the scope was taken, in ms. */
  readonly leaseAgeMs?: number;
  readonly kubelet: string;
  readonly kernel: string;
  readonly maxPods?: number;
}

export const ZONE = 'jdos.jd.com/zone';

export function zoneOf({ labels }: Pick<Subject, 'labels'>): string {
  return labels[ZONE] ?? labels['topology.kubernetes.io/zone'] ?? '';
}
