/** One client that has signed in: its statements, portals and settings, and what it is answered. */
import { EngineError } from '../../engine/index.ts';
import { statementsOf } from '../dialect/index.ts';
import type { KubeSql } from '../kube-sql.ts';
import type { ScopeInput } from '../scope/index.ts';
import * as backend from './backend.ts';
import type { CatalogueDesk } from './catalogue-desk.ts';
import { type Command, commandOf } from './command.ts';
import { copyLines } from './copy.ts';
import { type Execution, executionOf, fieldsOf, simple, texts } from './execution.ts';
import { type Bound, decode, type Frontend, ProtocolError } from './frontend.ts';
import { parametersOf } from './parameter.ts';
import { pgType } from './pg-type.ts';
import { Settings } from './settings.ts';
import type { Wire } from './wire.ts';

export interface Identity {
  readonly user: string;
  /** Asked before each statement, so that a right that is taken away is gone soon. */
  readonly grants: () => Promise<ScopeInput['grants']>;
}

interface Statement {
  readonly sql: string;
  readonly command: Command;
  /** As the client declared them; 0 where it left that open. */
  types: readonly number[];
}

interface Portal {
  readonly statement: Statement;
  readonly bound: Bound;
  execution?: Execution;
  sent: number;
}

type Extended = Extract<Frontend, { kind: 'parse' | 'bind' | 'describe' | 'close' | 'execute' | 'password' }>;

const NOTHING: Bound = { formats: [], values: [], results: [] };
/** Statements and portals that a client may keep. */
const MOST_KEPT = 1000;

export class Session {
  readonly #wire: Wire;
  readonly #sql: KubeSql;
  readonly #desk: CatalogueDesk;
  readonly #identity: Identity;
  readonly #settings = new Settings();
  readonly #statements = new Map<string, Statement>();
  readonly #portals = new Map<string, Portal>();
  #status: backend.TransactionStatus = 'I';
  /** After an error everything up to the next Sync is passed over. */
  #skipping = false;
  #running: AbortController | undefined;

  constructor(wire: Wire, sql: KubeSql, desk: CatalogueDesk, identity: Identity) {
    this.#wire = wire;
    this.#sql = sql;
    this.#desk = desk;
    this.#identity = identity;
  }

  /** Stops what runs at the moment; without effect where nothing does. */
  cancel(): void {
    this.#running?.abort(new EngineError('57014', 'canceling statement due to user request'));
  }

  /** Until the client leaves. @throws ProtocolError */
  async run(): Promise<void> {
    await this.#ready();
    for (;;) {
      const raw = await this.#wire.next();
      if (!raw) return;
      const message = decode(raw.type, raw.body);
      if (message.kind === 'terminate') return;
      await this.#take(message);
    }
  }

  async #take(message: Frontend): Promise<void> {
    if (message.kind === 'sync') {
      this.#skipping = false;
      return this.#ready();
    }
    if (message.kind === 'query') return this.#simpleQuery(message.sql);
    if (message.kind === 'flush') return this.#wire.flush();
    if (this.#skipping || message.kind === 'copy' || message.kind === 'terminate') return;
    try {
      await this.#extended(message);
    } catch (error) {
      this.#skipping = true;
      await this.#complain(error);
    }
  }

  async #simpleQuery(text: string): Promise<void> {
    this.#skipping = false;
    try {
      const statements = statementsOf(text);
      if (statements.length === 0) await this.#wire.send(backend.emptyQuery);
      for (const sql of statements) {
        const statement = { sql, command: await commandOf(sql), types: [] };
        await this.#answer(statement, NOTHING);
      }
    } catch (error) {
      await this.#complain(error);
    }
    await this.#ready();
  }

  async #answer(statement: Statement, bound: Bound): Promise<void> {
    if (statement.command.kind === 'copy') return this.#copy(statement.command);
    const execution = await this.#guarded(() => this.#execute(statement, bound));
    if (execution.fields) await this.#wire.send(backend.rowDescription(execution.fields));
    await this.#finish(execution, await this.#sendRows(execution, Number.POSITIVE_INFINITY));
  }

  async #extended(message: Extended): Promise<void> {
    switch (message.kind) {
      case 'parse':
        return this.#parse(message);
      case 'bind':
        return this.#bind(message);
      case 'describe':
        return message.what === 'S' ? this.#describeStatement(message.name) : this.#describePortal(message.name);
      case 'execute':
        return this.#executePortal(this.#portal(message.portal), message.rows);
      case 'close':
        (message.what === 'S' ? this.#statements : this.#portals).delete(message.name);
        return this.#wire.send(backend.closeComplete);
      case 'password':
        throw new ProtocolError('a password that nobody asked for');
    }
  }

  async #parse({ name, sql, types }: Extract<Frontend, { kind: 'parse' }>): Promise<void> {
    const statements = statementsOf(sql);
    if (statements.length > 1) throw new EngineError('42601', 'a prepared statement holds one statement only');
    if (name && this.#statements.has(name))
      throw new EngineError('42P05', `prepared statement "${name}" exists already`);
    if (this.#statements.size >= MOST_KEPT)
      throw new EngineError('54000', `a session may keep ${MOST_KEPT} statements`);
    const statement = { sql, command: await commandOf(sql), types };
    if (statement.command.kind === 'data') await this.#prepare(statement);
    this.#statements.set(name, statement);
    await this.#wire.send(backend.parseComplete);
  }

  async #bind({ portal, statement: name, ...bound }: Extract<Frontend, { kind: 'bind' }>): Promise<void> {
    const statement = this.#statement(name);
    if (this.#portals.size >= MOST_KEPT) throw new EngineError('54000', `a session may keep ${MOST_KEPT} portals`);
    this.#portals.set(portal, { statement, bound, sent: 0 });
    await this.#wire.send(backend.bindComplete);
  }

  async #describeStatement(name: string): Promise<void> {
    const statement = this.#statement(name);
    const { command } = statement;
    if (command.kind === 'catalogue') {
      const { grants } = await this.#asker();
      return this.#wire.send(...(await this.#desk.describe(statement.sql, statement.types, grants)));
    }
    if (command.kind !== 'data') {
      const fields = await this.#fieldsOfCommand(statement);
      return this.#wire.send(
        backend.parameterDescription([]),
        fields ? backend.rowDescription(fields) : backend.noData,
      );
    }
    const { parameters, columns, admitted } = await this.#prepare(statement);
    const oids = parameters.map((type, i) => statement.types[i] || (type ? pgType(type).oid : 25));
    statement.types = oids;
    const fields = fieldsOf(columns);
    const rows = admitted.kind === 'empty' ? backend.noData : backend.rowDescription(fields);
    await this.#wire.send(backend.parameterDescription(oids), rows);
  }

  async #describePortal(name: string): Promise<void> {
    const portal = this.#portal(name);
    if (portal.statement.command.kind === 'copy') return this.#wire.send(backend.noData);
    portal.execution ??= await this.#guarded(() => this.#execute(portal.statement, portal.bound));
    const { fields } = portal.execution;
    await this.#wire.send(fields ? backend.rowDescription(fields) : backend.noData);
  }

  async #executePortal(portal: Portal, limit: number): Promise<void> {
    if (portal.statement.command.kind === 'copy') return this.#copy(portal.statement.command);
    portal.execution ??= await this.#guarded(() => this.#execute(portal.statement, portal.bound));
    const most = limit > 0 ? limit : Number.POSITIVE_INFINITY;
    const sent = await this.#sendRows(portal.execution, most);
    portal.sent += sent;
    if (sent === most) return this.#wire.send(backend.portalSuspended);
    await this.#finish(portal.execution, portal.sent);
  }

  /** Commands that give rows give texts. */
  async #fieldsOfCommand(statement: Statement): Promise<readonly backend.Field[] | undefined> {
    return statement.command.kind === 'show' ? (await this.#execute(statement, NOTHING)).fields : undefined;
  }

  async #execute({ sql, command, types }: Statement, bound: Bound): Promise<Execution> {
    if (this.#status === 'E' && !(command.kind === 'transaction' && !command.open)) {
      throw new EngineError('25P02', 'current transaction is aborted, commands ignored until end of transaction block');
    }
    switch (command.kind) {
      case 'empty':
        return { rows: simple('').rows, tag: () => '', empty: true };
      case 'transaction':
        this.#status = command.open ? 'T' : 'I';
        return simple(command.tag);
      case 'set':
        this.#settings.set(command.name, command.value);
        return simple('SET');
      case 'reset':
        this.#settings.reset();
        return simple(command.tag);
      case 'deallocate':
        if (command.name === undefined) this.#statements.clear();
        else this.#statements.delete(command.name);
        return simple('DEALLOCATE');
      case 'show':
        return this.#show(command.name);
      case 'catalogue':
        return this.#desk.execute(sql, types, bound, (await this.#asker()).grants);
      case 'copy':
      case 'data':
        return executionOf(await this.#ask(sql, bound, types), bound.results);
    }
  }

  #show(name: string): Execution {
    if (name !== 'all') return texts('SHOW', [name], [[this.#settings.show(name)]]);
    return texts(
      'SHOW',
      ['name', 'setting', 'description'],
      this.#settings.all().map(([key, value]) => [key, value, '']),
    );
  }

  async #ask(sql: string, bound: Bound, types: readonly number[]) {
    const { user, grants, limits } = await this.#asker();
    const signal = AbortSignal.any([this.#running!.signal, this.#wire.closed]);
    return this.#sql.ask({ sql, user, grants, limits, parameters: parametersOf(bound, types), signal });
  }

  async #prepare({ sql }: Statement) {
    return this.#sql.prepare({ sql, ...(await this.#asker()) });
  }

  async #asker() {
    const { user, grants } = this.#identity;
    return { user, grants: await grants(), limits: this.#settings.limits };
  }

  async #copy(command: Extract<Command, { kind: 'copy' }>): Promise<void> {
    await this.#guarded(async () => {
      const answer = await this.#ask(command.query, NOTHING, []);
      await this.#wire.send(backend.copyOut(answer.columns.length));
      let lines = command.header ? -1 : 0;
      for await (const line of copyLines(answer, command)) {
        lines++;
        await this.#wire.send(backend.copyData(line));
      }
      await this.#wire.send(backend.copyDone, backend.commandComplete(`COPY ${Math.max(lines, 0)}`));
    });
  }

  async #sendRows({ rows }: Execution, most: number): Promise<number> {
    return this.#guarded(async () => {
      let count = 0;
      while (count < most && !this.#wire.closed.aborted) {
        const { done, value } = await rows.next();
        if (done) break;
        count++;
        await this.#wire.send(value);
      }
      return count;
    });
  }

  async #finish({ tag, notices = [], empty }: Execution, count: number): Promise<void> {
    for (const { code, message } of notices)
      await this.#wire.send(backend.complain({ severity: 'NOTICE', code, message }));
    await this.#wire.send(empty ? backend.emptyQuery : backend.commandComplete(tag(count)));
  }

  /** While this runs a cancellation reaches it. A portal's query goes on between its rows, under the same signal. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#running || this.#running.signal.aborted) this.#running = new AbortController();
    return work();
  }

  async #complain(error: unknown): Promise<void> {
    if (error instanceof ProtocolError) throw error;
    if (this.#status === 'T') this.#status = 'E';
    const known = error instanceof EngineError ? error : new EngineError('XX000', 'the query could not be carried out');
    const { code, message, hint, position } = known;
    await this.#wire.send(backend.complain({ severity: 'ERROR', code, message, hint, position }));
  }

  async #ready(): Promise<void> {
    if (this.#status === 'I') this.#closePortals();
    this.#running = undefined;
    await this.#wire.send(backend.ready(this.#status));
    await this.#wire.flush();
  }

  /** Portals live as long as their transaction; what they have not sent is given up, also where none of it was taken. */
  #closePortals(): void {
    for (const { execution } of this.#portals.values()) void execution?.rows.return?.();
    this.#portals.clear();
    this.cancel();
  }

  #statement(name: string): Statement {
    const statement = this.#statements.get(name);
    if (!statement) throw new EngineError('26000', `there is no prepared statement "${name}"`);
    return statement;
  }

  #portal(name: string): Portal {
    const portal = this.#portals.get(name);
    if (!portal) throw new EngineError('34000', `there is no portal "${name}"`);
    return portal;
  }
}
