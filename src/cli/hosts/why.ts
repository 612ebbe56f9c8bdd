/** `jdos hosts why`. */
import process from 'node:process';
import type { Command } from 'commander';
import { resolveOne } from '../../maintenance/index.ts';
import { type KeptVerdict, MEANINGS, type Verdict, verdictsOn } from '../../nodes/index.ts';
import { addCluster, type ClusterOptions, withCluster } from '../cluster.ts';
import { addOutput, type OutputOptions, printList } from '../output.ts';
import { addRecords, type RecordsLocation, withRecords } from '../records.ts';

type Options = ClusterOptions & OutputOptions & RecordsLocation & { readonly limit: string };

export function defineWhy(command: Command): void {
  addOutput(addRecords(addCluster(command)))
    .argument('<host>', 'its name or an address of it')
    .option('--limit <n>', 'so many verdicts, the newest first', '5')
    .action(why);
}

async function why(asked: string, options: Options): Promise<void> {
  await withCluster(options, (client) =>
    withRecords(options, async (records) => {
      const { host } = await resolveOne(asked, { client, records });
      const verdicts = await verdictsOn(records, host, Number(options.limit));
      if (options.output)
        return printList(options, verdicts, { columns: [], name: ({ verdict }) => verdict, empty: '' });
      if (verdicts.length === 0) process.stdout.write(`${host}: it has always reported\n`);
      for (const verdict of verdicts) process.stdout.write(textOf(host, verdict));
    }),
  );
}

function textOf(host: string, { at, verdict, evidence, blind }: KeptVerdict): string {
  const lines = evidence.map(({ witness, says, detail }) => `    ${witness.padEnd(8)}${says.padEnd(9)}${detail}`);
  const meaning = MEANINGS[verdict as Verdict] ?? '';
  return `${new Date(at).toISOString()} ${host}: ${verdict}: ${meaning}\n${blind ? `    ${blind}\n` : ''}${lines.join('\n')}\n`;
}
