/** The tables of schema `jdos`: what the records tell of hosts, inspections and maintenance. */
import type { Records } from '../../records/index.ts';
import { big, count, flag, type OwnSource, ownSource, text, time } from '../../sql/index.ts';

interface HostRow {
  readonly host: string;
  readonly ip: string | null;
  readonly bmc_ip: string | null;
  readonly serial: string | null;
  readonly zone: string | null;
  readonly rack: string | null;
  readonly disk_type: string | null;
  readonly cpu_model: string | null;
  readonly owner: string | null;
  readonly status: string | null;
  readonly since: number | null;
  readonly reason: string | null;
  readonly operation: string | null;
  readonly pinned: number | null;
}
interface ResultRow {
  readonly run_id: number;
  readonly check_id: string;
  readonly host: string;
  readonly level: number;
  readonly finding: string;
  readonly params: string;
  readonly read_at: number;
}
interface OperationRow {
  readonly id: string;
  readonly host: string;
  readonly state: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly version: number;
}

/** Rows of history that are shown, the newest first. */
const MOST = 100_000;
const LEVELS = ['Info', 'Warn', 'Alarm', 'Error', 'Unknown'];

export function ownTables({ db }: Records): OwnSource[] {
  return [
    ownSource<HostRow>({
      name: 'hosts',
      doc: 'Hosts by the inventory, and the status of each',
      read: () =>
        db
          .selectFrom('host_inventory')
          .leftJoin('host_state', 'host_state.host', 'host_inventory.host')
          .select(['host_inventory.host', 'ip', 'bmc_ip', 'serial', 'zone', 'rack', 'disk_type', 'cpu_model', 'owner'])
          .select(['status', 'since', 'reason', 'operation', 'pinned'])
          .execute(),
      columns: [
        text('host', 'its name', (row) => row.host),
        text('ip', 'its address', (row) => row.ip),
        text('bmc_ip', 'the address of its controller', (row) => row.bmc_ip),
        text('serial', 'its serial number', (row) => row.serial),
        text('zone', 'its zone', (row) => row.zone),
        text('rack', 'its rack', (row) => row.rack),
        text('disk_type', 'its disks', (row) => row.disk_type),
        text('cpu_model', 'its processor', (row) => row.cpu_model),
        text('owner', 'whose it is', (row) => row.owner),
        text('status', 'where in its life it is', (row) => row.status),
        time('since', 'since when', (row) => timeOf(row.since)),
        text('reason', 'why', (row) => row.reason),
        text('operation', 'the operation that has it', (row) => row.operation),
        flag('pinned', 'whether only a person may change that', (row) => row.pinned === 1),
      ],
    }),
    ownSource<ResultRow>({
      name: 'inspection_results',
      doc: `What inspections found, the newest ${MOST} findings`,
      read: () => db.selectFrom('inspect_result').selectAll().orderBy('run_id', 'desc').limit(MOST).execute(),
      columns: [
        big('run', 'the run', '', (row) => BigInt(row.run_id)),
        text('check', 'which check', (row) => row.check_id),
        text('host', 'which host', (row) => row.host),
        text('level', '`Info`, `Warn`, `Alarm`, `Error` or `Unknown`', (row) => LEVELS[row.level]),
        text('finding', 'what was found', (row) => row.finding),
        text('params', 'and what goes into that, as JSON', (row) => row.params),
        time('read_at', 'when it was read', (row) => timeOf(row.read_at)),
      ],
    }),
    ownSource<OperationRow>({
      name: 'maintenance',
      doc: `Operations of maintenance, the newest ${MOST}`,
      read: () => db.selectFrom('maintenance').selectAll().orderBy('created_at', 'desc').limit(MOST).execute(),
      columns: [
        text('id', 'the operation', (row) => row.id),
        text('host', 'which host', (row) => row.host),
        text('state', 'how far it is', (row) => row.state),
        time('created_at', 'when it was asked for', (row) => timeOf(row.created_at)),
        time('updated_at', 'when it last moved', (row) => timeOf(row.updated_at)),
        count('version', 'how often it has moved', (row) => Number(row.version)),
      ],
    }),
  ];
}

/** Times of the records are milliseconds. */
function timeOf(ms: number | string | null): string | undefined {
  return ms === null ? undefined : new Date(Number(ms)).toISOString();
}
