/** Starts and stops an embedded control plane: one data directory, one TLS port. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Clock, systemClock } from '../kube/index.ts';
import { Authorizer } from './access/authorizer.ts';
import { Authority } from './access/pki.ts';
import { aggregateRoles } from './access/role-aggregation.ts';
import { ServiceAccountTokens } from './access/service-account-tokens.ts';
import { SignIn } from './access/sign-in.ts';
import { defaultAdmission, escalationCheck } from './admission/index.ts';
import { Api } from './api.ts';
import { AuditLog } from './audit/audit-log.ts';
import { DEFAULT_POLICY, loadPolicy } from './audit/policy.ts';
import { RotatingFile } from './audit/rotating-file.ts';
import { customResourceDefinitions } from './crds/crd-kind.ts';
import { CrdRegistrar } from './crds/registrar.ts';
import { createFirstObjects, keepApiService } from './first-objects.ts';
import { ApiMetrics } from './flow/api-metrics.ts';
import { FairQueue } from './flow/fair-queue.ts';
import type { KubeletAddress } from './handlers/kubelet.ts';
import { reviewHandlers, reviewKinds } from './handlers/reviews.ts';
import { listen } from './http/server.ts';
import { Plane } from './plane.ts';
import { builtInKinds } from './registry/kinds/index.ts';
import { nodeMetrics, podMetrics } from './registry/kinds/metrics.ts';
import { Registry } from './registry/registry.ts';
import { Store } from './storage/index.ts';

export interface ControlPlaneOptions {
  /** Holds everything that must survive: objects and keys. Made when it is not there. */
  readonly dataDir: string;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** @default 0, any free port */
  readonly port?: number;
  readonly clock?: Clock;
  /** A file with an `audit.k8s.io/v1` Policy. @default changes by people and programs, as metadata */
  readonly auditPolicy?: string;
  /** Where the hosts answer for their containers (logs, exec). @default nowhere */
  readonly kubelet?: () => KubeletAddress | undefined;
  /** Stops the control plane when it aborts. */
  readonly signal?: AbortSignal;
  readonly onError?: (error: unknown, path: string) => void;
}

export interface ControlPlane {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  readonly port: number;
  /** Trust this to know the server. */
  readonly caPem: string;
  /** A kubeconfig of a user who may do everything, as YAML. Keep it secret. */
  readonly adminKubeconfig: string;
  /** The same for a component of JDOS, under its own name. */
  kubeconfigFor(user: string, groups: readonly string[]): Promise<string>;
  /** Closes the port, then writes what is staged. Idempotent. */
  stop(): Promise<void>;
}

const SERVER_NAMES = ['localhost', '127.0.0.1', '::1', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
const ADMIN = { user: 'jdos-admin', groups: ['system:masters'] };

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { dataDir, host = '127.0.0.1', port = 0, clock = systemClock } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const onError = options.onError ?? (() => {});
  // What was opened is closed in reverse, at the end or when the start fails.
  const opened = new AsyncDisposableStack();
  try {
    const store = Store.open(dataDir, { clock, onError: (error) => onError(error, 'a change') });
    opened.defer(() => store.close());
    const authority = await Authority.open(dataDir);
    const plane = servedPlane(store, clock, options);
    new CrdRegistrar(plane, onError).start();
    const audit = new RotatingFile(join(dataDir, 'audit.log'), {
      now: () => clock.now(),
      onError: (error) => onError(error, 'audit log'),
    });
    opened.defer(() => audit.close());
    const api = await makeApi(plane, options, audit);
    const server = await listen({
      host,
      port,
      ...(await authority.server([host, ...SERVER_NAMES])),
      clientCaPem: authority.certPem,
      handle: (request, response) => void api.handle(request, response),
      upgrade: (upgrade) => void api.upgrade(upgrade),
    });
    opened.defer(() => server.stop());
    await createFirstObjects(plane, { host, port: server.port });
    keepApiService(plane, { host, port: server.port }, (error) => onError(error, 'API service'));
    aggregateRoles(plane, (error) => onError(error, 'role aggregation'));
    api.ready = true;
    let stopped: Promise<void> | undefined;
    const stop = () => {
      api.ready = false;
      stopped ??= opened.disposeAsync();
      return stopped;
    };
    options.signal?.addEventListener('abort', () => void stop(), { once: true });
    return await describe(authority, `https://${host}:${server.port}`, server.port, stop);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** All kinds that are there from the start, each with its collection. */
function servedPlane(store: Store, clock: Clock, { kubelet }: ControlPlaneOptions): Plane {
  const registry = new Registry([...builtInKinds, ...reviewKinds, customResourceDefinitions, nodeMetrics, podMetrics]);
  const plane = new Plane({ store, registry, admission: defaultAdmission(), clock, ...(kubelet && { kubelet }) });
  for (const definition of registry.all()) plane.collection(definition);
  return plane;
}

/** What the starter gets, once everything runs. */
async function describe(
  authority: Authority,
  url: string,
  port: number,
  stop: () => Promise<void>,
): Promise<ControlPlane> {
  const { certPem: caPem } = authority;
  const kubeconfigFor = async (user: string, groups: readonly string[]) =>
    kubeconfig({ url, caPem, user, ...(await authority.client(user, groups)) });
  const adminKubeconfig = await kubeconfigFor(ADMIN.user, ADMIN.groups);
  return { url, port, caPem, adminKubeconfig, kubeconfigFor, stop };
}

async function makeApi(plane: Plane, options: ControlPlaneOptions, audit: RotatingFile): Promise<Api> {
  const tokens = await ServiceAccountTokens.open(options.dataDir);
  const signIn = new SignIn([(token) => tokens.verify(plane, token)]);
  const authorizer = new Authorizer(plane);
  plane.admission.add(escalationCheck(authorizer));
  const queue = new FairQueue();
  const policy = options.auditPolicy ? loadPolicy(options.auditPolicy) : DEFAULT_POLICY;
  return new Api({
    plane,
    signIn,
    authorizer,
    creators: reviewHandlers({ authorizer, signIn, tokens }),
    queue,
    metrics: new ApiMetrics(plane, queue),
    observers: [new AuditLog(policy, audit, () => plane.clock.now())],
    ...(options.onError && { onError: options.onError }),
  });
}

interface Access {
  readonly url: string;
  readonly caPem: string;
  readonly user: string;
  readonly certPem: string;
  readonly keyPem: string;
}

function kubeconfig({ url, caPem, user, certPem, keyPem }: Access): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'jdos', cluster: { server: url, 'certificate-authority-data': base64(caPem) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(certPem), 'client-key-data': base64(keyPem) } }],
    contexts: [{ name: 'jdos', context: { cluster: 'jdos', user } }],
    'current-context': 'jdos',
  });
}
