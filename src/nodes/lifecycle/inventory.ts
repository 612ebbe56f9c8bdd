/** What hosts are by the books of the data centre: where they stand and what they are made of. */
import { JdosError } from '../../errors/index.ts';
import { labelValueErrors } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { CPU_MODEL, cpuSlug, DISK_TYPE, LABELS, RACK, TOPOLOGY_ZONE, ZONE } from './host-labels.ts';

export interface InventoryHost {
  readonly host: string;
  readonly ip?: string;
  readonly bmcIp?: string;
  readonly serial?: string;
  readonly zone?: string;
  readonly rack?: string;
  readonly diskType?: string;
  /** As the maker writes it; the label takes its slug. */
  readonly cpuModel?: string;
  readonly owner?: string;
  readonly updatedAt?: number;
}

/** Columns of an inventory file, `host` being the only one it must have. */
export const INVENTORY_COLUMNS = {
  host: 'host',
  ip: 'ip',
  bmc_ip: 'bmcIp',
  serial: 'serial',
  zone: 'zone',
  rack: 'rack',
  disk_type: 'diskType',
  cpu_model: 'cpuModel',
  owner: 'owner',
} as const satisfies Record<string, keyof InventoryHost>;

export interface InventoryRow {
  readonly file: string;
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws JdosError JDOS_ERR_INPUT_FILE for the first row that cannot be meant */
export function inventoryFrom(rows: readonly InventoryRow[]): InventoryHost[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const entries = Object.entries(INVENTORY_COLUMNS).flatMap(([column, field]) => {
      const value = row.fields[column]?.trim();
      return value ? [[field, value] as const] : [];
    });
    const host = Object.fromEntries(entries) as unknown as InventoryHost;
    if (!host.host) throw fault(row, 'a host name in host', 'nothing');
    const before = seen.get(host.host);
    if (before) throw fault(row, 'each host once', `${host.host} of line ${before} again`);
    seen.set(host.host, row.line);
    for (const [key, value] of Object.entries(labelsFrom(host))) requireLabel(row, key, value);
    return host;
  });
}

/** The labels that a host has by the inventory, whatever its kubelet says. */
export function labelsFrom({ zone, rack, diskType, cpuModel }: InventoryHost): Record<string, string> {
  return {
    ...(zone && { [ZONE]: zone, [TOPOLOGY_ZONE]: zone }),
    ...(rack && { [RACK]: rack }),
    ...(diskType && { [DISK_TYPE]: diskType }),
    ...(cpuModel && { [CPU_MODEL]: cpuSlug(cpuModel) }),
  };
}

/** Adds and replaces entries; hosts that are not named keep theirs. */
export async function storeInventory({ db }: Records, hosts: readonly InventoryHost[], now: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const one of hosts) {
      const row = {
        host: one.host,
        ip: one.ip ?? null,
        bmc_ip: one.bmcIp ?? null,
        serial: one.serial ?? null,
        zone: one.zone ?? null,
        rack: one.rack ?? null,
        disk_type: one.diskType ?? null,
        cpu_model: one.cpuModel ?? null,
        owner: one.owner ?? null,
        updated_at: now,
      };
      const { host: _, ...rest } = row;
      await tx
        .insertInto('host_inventory')
        .values(row)
        .onConflict((c) => c.column('host').doUpdateSet(rest))
        .execute();
    }
  });
}

export async function readInventory({ db }: Records): Promise<Map<string, InventoryHost>> {
  const rows = await db.selectFrom('host_inventory').selectAll().orderBy('host').execute();
  return new Map(
    rows.map((row) => [
      row.host,
      {
        host: row.host,
        updatedAt: row.updated_at,
        ...(row.ip && { ip: row.ip }),
        ...(row.bmc_ip && { bmcIp: row.bmc_ip }),
        ...(row.serial && { serial: row.serial }),
        ...(row.zone && { zone: row.zone }),
        ...(row.rack && { rack: row.rack }),
        ...(row.disk_type && { diskType: row.disk_type }),
        ...(row.cpu_model && { cpuModel: row.cpu_model }),
        ...(row.owner && { owner: row.owner }),
      },
    ]),
  );
}

function requireLabel(row: InventoryRow, key: string, value: string): void {
  const values: readonly string[] | undefined = key in LABELS ? LABELS[key as keyof typeof LABELS].values : undefined;
  if (values && !values.includes(value)) throw fault(row, `one of ${values.join(', ')} for ${key}`, value);
  const [wrong] = labelValueErrors(value);
  if (wrong) throw fault(row, `a label value for ${key}`, value);
}

function fault({ file, line }: InventoryRow, expected: string, found: string): JdosError {
  return new JdosError('JDOS_ERR_INPUT_FILE', { file, line, expected, found });
}
