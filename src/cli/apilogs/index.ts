/** `jdos apilogs`: who uses the API servers, how, and how slowly. */
import type { Command } from 'commander';
import { defineHandOver } from './hand-over.ts';
import { defineImport } from './import.ts';
import { defineRejects } from './rejects.ts';
import { defineReport } from './report.ts';
import { defineSql } from './sql.ts';

export function define(command: Command): void {
  defineImport(
    command.command('import').description('take audit logs in: files, a pipe, or the log of the running instance'),
  );
  defineRejects(command.command('rejects').description('list the lines that were no events, with their places'));
  defineSql(command.command('sql').description('ask what was taken in anything in SQL'));
  defineHandOver(
    command.command('hand-over').description('write the reports for Spark or ClickHouse, over the same files'),
  );
  defineReport(command.command('report').description('answer ready-made questions about what was taken in'));
}
