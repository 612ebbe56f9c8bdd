/** Asks for the eviction of one Pod. There is no other way in which a drain makes a Pod go. */
import { type KubeClient, PODS, type Pod, StatusError } from '../../kube/index.ts';

export type EvictionOutcome =
  /** It is on its way, or gone already. */
  | { readonly kind: 'accepted' | 'gone' }
  /** A budget says not now. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It can never succeed, e.g. because two budgets speak of the Pod. */
  | { readonly kind: 'impossible'; readonly message: string };

const EVICTION = { apiVersion: 'policy/v1', kind: 'Eviction' };

/** The uid goes along, so that a Pod made anew under the same name is not meant. */
export async function evictPod(
  client: Pick<KubeClient, 'createSubresource'>,
  { metadata: { name, namespace = '', uid } }: Pod,
  signal?: AbortSignal,
): Promise<EvictionOutcome> {
  const body = { ...EVICTION, metadata: { name, namespace }, deleteOptions: { preconditions: { uid } } };
  try {
    await client.createSubresource(PODS, name, 'eviction', body, { namespace, ...(signal && { signal }) });
    return { kind: 'accepted' };
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error: unknown): EvictionOutcome {
  if (!(error instanceof StatusError)) throw error;
  const causes = error.status.details?.causes ?? [];
  if (error.code === 404 || error.code === 409) return { kind: 'gone' };
  if (error.code === 403 && causes.some((cause) => cause.reason === 'NamespaceTerminating')) return { kind: 'gone' };
  if (error.code === 429) return { kind: 'refused', message: wordsOf(error) };
  if (error.code === 500) return { kind: 'impossible', message: error.message };
  throw error;
}

function wordsOf(error: StatusError): string {
  const causes = (error.status.details?.causes ?? []).map((cause) => cause.message).filter(Boolean);
  return [error.message, ...causes].join(' ');
}
