/** The Pods of one host, whatever their state. */
import { type KubeClient, PODS, type Pod } from '../../kube/index.ts';

export function podsOn(client: Pick<KubeClient, 'listAll'>, host: string, signal?: AbortSignal): Promise<Pod[]> {
  return Array.fromAsync(client.listAll(PODS, { fieldSelector: `spec.nodeName=${host}`, ...(signal && { signal }) }));
}
