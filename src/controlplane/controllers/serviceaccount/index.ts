/** Gives every namespace its `default` ServiceAccount and the certificate with which Pods check the API server. */

import { createLoop, type Env, isNamespaceEnding, type Loop } from '../../../control/index.ts';
import {
  CONFIG_MAPS,
  Informer,
  isStatus,
  type KubeObject,
  NAMESPACES,
  type Namespace,
  SERVICE_ACCOUNTS,
} from '../../../kube/index.ts';

const ACCOUNT = 'default';
const ROOT_CA = 'kube-root-ca.crt';

export function serviceAccountController(env: Env): Loop {
  const namespaces = env.caches.of(NAMESPACES);
  const accounts = env.caches.of(SERVICE_ACCOUNTS);
  const loop = createLoop(env, 'serviceaccount', reconcile);
  namespaces.onChange({ add: (ns) => loop.enqueue(ns.metadata.name), update: (ns) => loop.enqueue(ns.metadata.name) });
  accounts.onChange({ delete: (account) => loop.enqueue(namespaceOf(account)) });
  return loop;

  async function reconcile(namespace: string): Promise<void> {
    if (!isLiving(namespaces.get(namespace)) || accounts.get(`${namespace}/${ACCOUNT}`)) return;
    const metadata = { namespace, name: ACCOUNT };
    await tolerant(env.client.create(SERVICE_ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }));
  }
}

/** `certificate` is the PEM text of the authority that signs the API server's certificate. */
export function rootCertificateController(env: Env, certificate: string): Loop {
  const namespaces = env.caches.of(NAMESPACES);
  const fieldSelector = `metadata.name=${ROOT_CA}`;
  const maps = new Informer(env.client, CONFIG_MAPS, { fieldSelector, clock: env.clock });
  const loop = createLoop(env, 'root-ca', reconcile);
  namespaces.onChange({ add: (ns) => loop.enqueue(ns.metadata.name), update: (ns) => loop.enqueue(ns.metadata.name) });
  maps.onChange({ update: (map) => loop.enqueue(namespaceOf(map)), delete: (map) => loop.enqueue(namespaceOf(map)) });
  maps.start(env.signal);
  return {
    async start(signal) {
      await maps.synced(signal);
      await loop.start(signal);
    },
  };

  async function reconcile(namespace: string): Promise<void> {
    if (!isLiving(namespaces.get(namespace))) return;
    const before = maps.get(`${namespace}/${ROOT_CA}`);
    const data = { 'ca.crt': certificate };
    if (before?.data?.['ca.crt'] === certificate) return;
    const metadata = { namespace, name: ROOT_CA };
    if (before) await env.client.replace(CONFIG_MAPS, { ...before, data });
    else await tolerant(env.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }));
  }
}

function isLiving(namespace: Namespace | undefined): boolean {
  return namespace !== undefined && namespace.status?.phase !== 'Terminating' && !namespace.metadata.deletionTimestamp;
}

function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? '';
}

/** It may be there already, or be of no use any more. */
async function tolerant(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists', 'NotFound') && !isNamespaceEnding(error)) throw error;
  }
}
