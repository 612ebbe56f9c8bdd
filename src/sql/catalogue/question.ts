/**
 * Is a query about the catalogue, and harmless? PostgreSQL's own parser says: one SELECT whose tables are all in
 * pg_catalog or information_schema, or that has none and asks what only PostgreSQL knows.
 */

/** Words without which no query is about the catalogue; most queries are judged by this alone. */
const HINT =
  /\bpg_|information_schema|\breg(class|type|proc|namespace|role)\b|\b(version|current_setting|set_config|format_type|quote_ident|quote_literal|(obj|col|shobj)_description|has_\w+_privilege|current_schemas?|current_database|txid_current)\s*\(|\bcurrent_(user|role|schema|catalog|database)\b|\bsession_user\b/i;

/** Of those that could do more than tell. */
const REFUSED =
  /^(pg_sleep|pg_read_|pg_ls_|pg_stat_file|lo_|pg_terminate|pg_cancel|pg_reload|pg_rotate|pg_advisory|pg_try_advisory|pg_logical|pg_replication|pg_switch|pg_promote|pg_create|pg_drop|pg_notify|dblink|query_to_|table_to_|cursor_to_|database_to_|schema_to_|xpath|nextval|setval|pg_file|pg_import|ts_stat|pg_get_keywords_x)/i;

type Node = Readonly<Record<string, unknown>>;

export async function isCatalogueQuestion(sql: string): Promise<boolean> {
  if (!HINT.test(sql)) return false;
  const { parse } = await import('libpg-query');
  const tree = (await parse(sql).catch(() => undefined)) as { stmts?: readonly { stmt?: Node }[] } | undefined;
  const [only, ...more] = tree?.stmts ?? [];
  const select = only?.stmt?.SelectStmt;
  if (!select || more.length > 0) return false;
  const found = new Findings();
  found.visit(select);
  return found.harmless;
}

class Findings {
  readonly #relations: { readonly schema: string; readonly name: string }[] = [];
  readonly #defined = new Set<string>();
  #refused = false;
  #asks = false;

  get harmless(): boolean {
    const tables = this.#relations.filter(({ schema, name }) => schema !== '' || !this.#defined.has(name));
    if (this.#refused) return false;
    return tables.length > 0 ? tables.every(inCatalogue) : this.#asks;
  }

  visit(value: unknown): void {
    if (Array.isArray(value)) for (const part of value) this.visit(part);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value as Node)) {
        this.#note(key, part as Node);
        this.visit(part);
      }
    }
  }

  #note(key: string, node: Node): void {
    if (key === 'RangeVar') this.#relations.push({ schema: String(node.schemaname ?? ''), name: String(node.relname) });
    else if (key === 'CommonTableExpr') this.#defined.add(String(node.ctename));
    else if (key === 'FuncCall') this.#function(lastName(node.funcname));
    else if (key === 'SQLValueFunction') this.#asks ||= /USER|ROLE|CATALOG|SCHEMA/.test(String(node.op));
    else if (key === 'TypeCast') this.#asks ||= /^reg/.test(lastName((node.typeName as Node | undefined)?.names));
    else if (key === 'intoClause' || key === 'lockingClause') this.#refused = true;
    else if (/^(Insert|Update|Delete|Merge)Stmt$/.test(key)) this.#refused = true;
  }

  #function(name: string): void {
    if (REFUSED.test(name)) this.#refused = true;
    if (HINT.test(`${name}(`)) this.#asks = true;
  }
}

function inCatalogue({ schema, name }: { schema: string; name: string }): boolean {
  return schema === 'pg_catalog' || schema === 'information_schema' || (schema === '' && name.startsWith('pg_'));
}

function lastName(names: unknown): string {
  const last = Array.isArray(names) ? (names.at(-1) as { String?: { sval?: string } } | undefined) : undefined;
  return last?.String?.sval ?? '';
}
