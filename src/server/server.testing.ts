/** A server over records of its own, and people at it, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { KubeClient, VirtualClock } from '../kube/index.ts';
import { MaintenanceDesk } from '../maintenance/index.ts';
import { newPlace } from '../records/fixture.ts';
import { openRecords, type Records } from '../records/index.ts';
import { AccountStore } from './accounts/account-store.ts';
import { hashPassword } from './accounts/password.ts';
import { Problem } from './problem.ts';
import { CSRF_HEADER } from './request-guard.ts';
import type { Role } from './roles.ts';
import type { SqlDesk } from './routes/sql.ts';
import { createServer, type ServerOptions } from './server.ts';

export const PASSWORD = 'correct horse battery staple';

/** Somebody with a browser: keeps the cookie and sends the token. */
export class Person {
  readonly #app: FastifyInstance;
  cookie: string | undefined;
  csrf: string | undefined;

  constructor(app: FastifyInstance) {
    this.#app = app;
  }

  async ask(method: InjectOptions['method'], url: string, payload?: object): Promise<LightMyRequestResponse> {
    const headers = {
      host: 'localhost',
      'accept-language': 'en',
      ...(this.cookie && { cookie: this.cookie }),
      ...(this.csrf && { [CSRF_HEADER]: this.csrf }),
    };
    const answer = await this.#app.inject({ method, url, headers, ...(payload && { payload }) });
    const set = answer.cookies[0];
    if (set) this.cookie = set.value ? `${set.name}=${set.value}` : undefined;
    const json = answer.headers['content-type']?.toString().startsWith('application/json');
    const csrf = json && answer.json<{ csrf?: string } | null>()?.csrf;
    if (csrf) this.csrf = csrf;
    return answer;
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.ask('GET', '/api/v1/me')).json() !== null;
  }

  signIn(name: string, password = PASSWORD): Promise<LightMyRequestResponse> {
    return this.ask('POST', '/api/v1/sign-in', { name, password });
  }
}

export interface TestServer extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly records: Records;
  readonly accounts: AccountStore;
  readonly clock: VirtualClock;
  person(): Person;
  /** An account with {@link PASSWORD}, signed in. */
  signedIn(name: string, role: Role): Promise<Person>;
}

/** Nobody listens there: whatever asks the cluster is told so. */
const NOWHERE = new KubeClient({ server: 'http://127.0.0.1:9' });
const NO_TABLES = { rows: async () => [], ageSeconds: async () => 0, names: async () => new Set<string>() };
const NO_SQL: SqlDesk = { ask: () => Promise.reject(new Problem('sql-away')), tables: async () => [] };
const hash = hashPassword(PASSWORD);

export async function openTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-server-'));
  const records = await openRecords(newPlace());
  const clock = new VirtualClock();
  const accounts = new AccountStore(records, clock);
  const consoleFiles = async () => fewFiles(dir);
  const app = await createServer({
    records,
    clock,
    consoleFiles,
    client: NOWHERE,
    diagnose: async () => [],
    desk: new MaintenanceDesk({ client: options.client ?? NOWHERE, records, clock }),
    tables: NO_TABLES,
    sql: NO_SQL,
    passwordsPerMinute: 10_000,
    ...options,
  });
  return {
    app,
    records,
    accounts,
    clock,
    person: () => new Person(app),
    async signedIn(name, role) {
      await accounts.create({ name, role, passwordHash: await hash }, 'test');
      const person = new Person(app);
      await person.signIn(name);
      return person;
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await records.close();
      rmSync(dir, { recursive: true });
    },
  };
}

/** A console of two files. */
function fewFiles(dir: string): string {
  mkdirSync(join(dir, 'console', 'assets'), { recursive: true });
  writeFileSync(join(dir, 'console', 'index.html'), '<!doctype html><title>the console</title>');
  writeFileSync(join(dir, 'console', 'assets', 'x'), 'an asset');
  return join(dir, 'console');
}
