/** `jdos diagnose IP`: read only. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { isConditionTrue, NODES } from '../../kube/index.ts';
import { type Cause, diagnose, Ledger, rackCause, resolveOne } from '../../maintenance/index.ts';
import { type Verdict, verdictsOn } from '../../nodes/index.ts';
import { addCluster, type ClusterOptions } from '../cluster.ts';
import { addOutput, type OutputOptions, printList } from '../output.ts';
import { Progress } from '../progress.ts';
import { addRecords, type RecordsLocation } from '../records.ts';
import { withHostTools } from './desk.ts';
import { type HostTools, inspectThrough } from './inspect.ts';

type Options = ClusterOptions & OutputOptions & RecordsLocation & { readonly lang: 'zh' | 'en' };

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];
const LONGEST_MS = 30_000;

export function define(command: Command): void {
  addOutput(addRecords(addCluster(command)))
    .argument('<address>', 'of a host, a Pod, a management controller, or a name')
    .addOption(new Option('--lang <language>', 'of the reasons').choices(['zh', 'en']).default('en'))
    .action(diagnoseHost);
}

async function diagnoseHost(address: string, options: Options): Promise<void> {
  await withHostTools(options, async (tools) => {
    const meaning = await resolveOne(address, tools);
    process.stderr.write(`${address} is ${meaning.text}: ${meaning.host}\n`);
    const progress = new Progress();
    progress.doing('inspecting');
    const causes = await causesOf(meaning.host, tools);
    progress.end();
    const at = new Date().toISOString();
    printList(
      options,
      causes.map((cause, i) => ({ id: i + 1, at, ...cause })),
      {
        columns: [
          { head: 'ID', cell: ({ id }) => id },
          { head: options.lang === 'zh' ? '故障原因' : 'REASON', cell: ({ reason }) => reason[options.lang] },
          { head: options.lang === 'zh' ? '更新时间' : 'UPDATED', cell: (row) => row.at },
          {
            head: options.lang === 'zh' ? '置信度' : 'CONFIDENCE',
            cell: ({ confidence }) => `${Math.round(confidence * 100)} %`,
          },
          {
            head: options.lang === 'zh' ? '建议' : 'REPAIR',
            cell: ({ repair, drain }) => `${repair ?? '-'}${drain ? ' (drain)' : ''}`,
          },
          { head: options.lang === 'zh' ? '证据' : 'EVIDENCE', cell: ({ evidence }) => evidence },
        ],
        name: ({ repair }) => repair ?? 'none',
        empty: 'Nothing is found to be the matter with it.',
      },
    );
    for (const { id, state, requestedBy } of (await new Ledger(tools.records).open()).filter(
      ({ host }) => host === meaning.host,
    )) {
      process.stderr.write(`operation ${id} of ${requestedBy} is ${state}\n`);
    }
  });
}

/** What may be the matter with a host: its verdict, an inspection now, and how its rack fares. */
export async function causesOf(host: string, tools: HostTools): Promise<Cause[]> {
  const { client, records } = tools;
  const [nodes, verdicts, findings] = await Promise.all([
    Array.fromAsync(client.listAll(NODES)),
    verdictsOn(records, host, 1),
    inspectThrough(tools)(host, AbortSignal.timeout(LONGEST_MS)),
  ]);
  const node = nodes.find(({ metadata }) => metadata.name === host);
  return diagnose({
    verdict: verdicts[0]?.verdict as Verdict | undefined,
    findings,
    rack: node && rackCause(node, nodes),
    pressures: node ? PRESSURES.filter((type) => isConditionTrue(node, type)) : [],
  });
}
