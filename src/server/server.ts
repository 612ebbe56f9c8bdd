/** The HTTP API of the console: sign-in, lists, changes, one live stream. Thin: routes parse, call a room and answer. */
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { Transport } from '../batch/index.ts';
import { type Clock, type KubeClient, systemClock } from '../kube/index.ts';
import type { Records } from '../records/index.ts';
import { AccountStore } from './accounts/account-store.ts';
import { FailureStore } from './accounts/failure-store.ts';
import { Oidc, type OidcOptions } from './accounts/oidc.ts';
import { SignIn } from './accounts/sign-in.ts';
import { ClusterDoor } from './cluster-door.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { answerFailures, type OnError } from './failure-answer.ts';
import { Notices } from './notices.ts';
import { describeApi, openApiRoute } from './open-api.ts';
import { guardRequests } from './request-guard.ts';
import { measureRequests } from './request-metrics.ts';
import { accountRoutes } from './routes/accounts.ts';
import { apiLogRoutes } from './routes/api-logs.ts';
import { applicationRoutes } from './routes/applications.ts';
import { auditRoutes } from './routes/audit.ts';
import { batchRoutes } from './routes/batch.ts';
import { budgetRoutes } from './routes/budgets.ts';
import { hostRoutes } from './routes/hosts.ts';
import { inspectionRoutes } from './routes/inspection.ts';
import { inspectionPlanRoutes } from './routes/inspection-plans.ts';
import { lifecycleRoutes } from './routes/lifecycle.ts';
import { type LiveTables, listRoutes } from './routes/lists.ts';
import { mailRoutes } from './routes/mail.ts';
import { type MaintenanceRoutes, maintenanceRoutes } from './routes/maintenance.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { overviewRoutes } from './routes/overview.ts';
import { podRoutes } from './routes/pods.ts';
import { rackRoutes } from './routes/racks.ts';
import { releaseRoutes } from './routes/releases.ts';
import { schedulingRoutes } from './routes/scheduling.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { type SqlDesk, sqlRoutes } from './routes/sql.ts';
import { SessionStore } from './sessions/session-store.ts';
import { streamRoutes } from './stream.ts';

export interface ServerOptions {
  readonly records: Records;
  /** Of JDOS itself. */
  readonly client: KubeClient;
  readonly diagnose: MaintenanceRoutes['diagnose'];
  /** Where maintenance is asked for. */
  readonly desk: MaintenanceRoutes['desk'];
  /** Where lists come from. */
  readonly tables: LiveTables;
  /** Where questions in SQL go. */
  readonly sql: SqlDesk;
  readonly clock?: Clock;
  /** Browsers come by HTTPS: cookies say so. @default false */
  readonly secure?: boolean;
  /** Requests come through a proxy that tells the browser's address. @default false */
  readonly behindProxy?: boolean;
  /** Host names under which browsers come. @default the loopback ones */
  readonly hosts?: readonly string[];
  readonly onError?: OnError;
  /** Sign-in by an identity provider, beside that by password. */
  readonly oidc?: OidcOptions;
  /** Where the console's built files are. @default they are found or built at the first request */
  readonly consoleFiles?: () => Promise<string>;
  /** What tells the browsers that something has changed. */
  readonly notices?: Notices;
  /** Where counts and times of requests go; nowhere without it. */
  readonly metrics?: Registry;
  /** Requests a minute from one address, of everything but what a route limits more. @default 3000 */
  readonly requestsPerMinute?: number;
  /** Passwords a minute from one address. @default 30 */
  readonly passwordsPerMinute?: number;
  /** The way by which commands on many hosts reach these; without one only Pods are reached. */
  readonly hostCommands?: Transport | undefined;
  /** The store of API logs, of which there are reports. */
  readonly apiLogs?: string | undefined;
  /** Of the mail server, if that wants one. */
  readonly mailPassword?: string | undefined;
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
/** Bodies are forms, not files. */
const BODY_BYTES = 256 * 1024;
/** What somebody types or pastes at once. */
const TYPED_BYTES = 64 * 1024;
/** Offered by the console before its token, which is never agreed on. */
const TERMINAL_PROTOCOL = 'jdos.terminal';

/** The application without a socket: tests inject requests, `startServer` listens. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { records, clock = systemClock, secure = false, hosts = LOOPBACK, onError = () => {} } = options;
  const accounts = new AccountStore(records, clock);
  const sessions = new SessionStore(records, clock);
  const signIn = new SignIn({ records, accounts, failures: new FailureStore(records, clock), clock });

  const app = fastify({
    bodyLimit: BODY_BYTES,
    trustProxy: options.behindProxy ?? false,
    routerOptions: { maxParamLength: 300 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerFailures(app, onError);
  if (options.metrics) await measureRequests(app, options.metrics);
  await app.register(helmet, { contentSecurityPolicy: { directives: POLICY }, hsts: secure });
  await app.register(cookie);
  await app.register(rateLimit, { max: options.requestsPerMinute ?? 3000, timeWindow: 60_000 });
  await app.register(websocket, { options: { maxPayload: TYPED_BYTES, handleProtocols: () => TERMINAL_PROTOCOL } });
  await describeApi(app, secure);
  guardRequests(app, { accounts, sessions, secure, hosts });
  const { oidc, passwordsPerMinute: perMinute = 30 } = options;
  signInRoutes(app, { accounts, sessions, signIn, secure, oidc: oidc !== undefined, perMinute });
  if (oidc) oidcRoutes(app, { oidc: new Oidc(oidc, accounts), sessions, secure });
  accountRoutes(app, { accounts, sessions });
  auditRoutes(app, { records });
  apiLogRoutes(app, { client: options.client, store: options.apiLogs });
  streamRoutes(app, options.notices ?? new Notices(clock), clock);
  listRoutes(app, options.tables);
  sqlRoutes(app, options.sql);
  overviewRoutes(app, options.tables);
  rackRoutes(app, { tables: options.tables, records });
  const cluster = new ClusterDoor(options.client);
  schedulingRoutes(app, { tables: options.tables, client: options.client, cluster });
  budgetRoutes(app, { tables: options.tables, records });
  mailRoutes(app, { records, clock, password: options.mailPassword });
  lifecycleRoutes(app, { tables: options.tables, records });
  hostRoutes(app, { records, cluster, clock });
  inspectionPlanRoutes(app, { records, cluster, clock });
  inspectionRoutes(app, { records, cluster, client: options.client, clock });
  const { client, desk, diagnose } = options;
  maintenanceRoutes(app, { records, cluster, client, desk, diagnose });
  const inCluster = {
    cluster,
    tables: options.tables,
    records,
    now: () => clock.now(),
  };
  batchRoutes(app, { ...inCluster, clock, onError, hosts: options.hostCommands });
  applicationRoutes(app, inCluster);
  releaseRoutes(app, inCluster);
  podRoutes(app, { ...inCluster, clock });
  openApiRoute(app);
  await consoleRoutes(app, options.consoleFiles ? { files: options.consoleFiles } : {});
  return app;
}

/** Scripts and pictures are the console's own; ECharts and antd set styles on elements. */
const POLICY = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null,
};
