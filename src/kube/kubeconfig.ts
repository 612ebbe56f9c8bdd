import type { ClusterTarget } from './cluster-target.ts';

export interface KubeconfigOptions {
  /** A file, or a list of files joined like `KUBECONFIG`; default: $KUBECONFIG, then ~/.kube/config, then in-cluster. */
  readonly path?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export function loadKubeconfig(_options: KubeconfigOptions = {}): Promise<ClusterTarget> {
  throw new Error('loadKubeconfig');
}
