/** `jdos maintain stop-all` and `resume`: the switch for all operations. */
import process from 'node:process';
import type { Command } from 'commander';
import { killSwitch, Ledger, setKillSwitch } from '../../maintenance/index.ts';
import { addDataDir, type DataDirOptions } from '../data-dir.ts';
import { addOperator, addRecords, type OperatorOptions, type RecordsLocation, withRecords } from '../records.ts';

type Options = DataDirOptions & RecordsLocation & OperatorOptions & { readonly reason: string };

export function defineStop(command: Command): void {
  const stop = command.command('stop-all').description('stop all operations at a safe point and refuse new ones');
  addOperator(addRecords(addDataDir(stop)))
    .requiredOption('--reason <text>', 'why')
    .action(stopAll);
  const resume = command.command('resume').description('let operations go on');
  addOperator(addRecords(addDataDir(resume))).action(resumeAll);
}

async function stopAll(options: Options): Promise<void> {
  await withRecords(options, (records) => setKillSwitch(new Ledger(records), true, options.operator, options.reason));
  process.stdout.write('all maintenance is stopped; `jdos maintain resume` lets it go on\n');
}

async function resumeAll(options: Options): Promise<void> {
  await withRecords(options, async (records) => {
    const ledger = new Ledger(records);
    const stopped = await killSwitch(ledger);
    await setKillSwitch(ledger, false, options.operator, 'resumed');
    process.stdout.write(
      stopped
        ? `maintenance goes on; it was stopped by ${stopped.actor}: ${stopped.reason}\n`
        : 'nothing was stopped\n',
    );
  });
}
