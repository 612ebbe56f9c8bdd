/** `jdos apilogs`: who uses the API servers, how, and how slowly. */
import type { Command } from 'commander';
import { defineHandOver } from './hand-over.ts';
import { defineImport } from './import.ts';
import { defineReceive } from './receive.ts';
import { defineRejects } from './rejects.ts';
import { defineReport } from './report.ts';
import { defineRole } from './role.ts';
import { defineSql } from './sql.ts';
import { defineTidy } from './tidy.ts';
import { defineTop } from './top.ts';

export function define(command: Command): void {
  defineImport(
    command.command('import').description('take audit logs in: files, a pipe, or the log of the running instance'),
  );
  defineReceive(command.command('receive').description('take events in that API servers send (their webhook backend)'));
  defineTop(command.command('top').description('show who asks the API servers at this moment'));
  defineRole(
    command.command('role').description('suggest the least rights with which a user could have done what it did'),
  );
  defineTidy(command.command('tidy').description('merge small files, and remove hours that are not to be kept'));
  defineRejects(command.command('rejects').description('list the lines that were no events, with their places'));
  defineSql(command.command('sql').description('ask what was taken in anything in SQL'));
  defineHandOver(
    command.command('hand-over').description('write the reports for Spark or ClickHouse, over the same files'),
  );
  defineReport(command.command('report').description('answer ready-made questions about what was taken in'));
}
