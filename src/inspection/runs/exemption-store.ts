/** Exemptions in the records. They are ended, never deleted: results refer to them. */
import type { Selectable } from 'kysely';
import { appendAudit, type Records, type Tables } from '../../records/index.ts';
import type { Exemption } from '../exemption.ts';

export type NewExemption = Omit<Exemption, 'id'>;

export async function addExemption(records: Records, exemption: NewExemption): Promise<Exemption> {
  const { check, host, selector, reason, by, createdAt, expiresAt } = exemption;
  return records.db.transaction().execute(async (tx) => {
    const values = {
      check_id: check,
      host: host ?? null,
      selector: selector ?? null,
      reason,
      made_by: by,
      created_at: createdAt,
      expires_at: expiresAt,
    };
    const row = await tx.insertInto('inspect_exemption').values(values).returningAll().executeTakeFirstOrThrow();
    const object = `exemption/${row.id}`;
    const detail = { check, host, selector, reason, expiresAt };
    await appendAudit(records, { at: createdAt, actor: by, action: 'inspect.exempt', object, detail }, tx);
    return exemptionOf(row);
  });
}

/** False when there is none of that number in force. */
export async function endExemption(
  records: Records,
  id: number,
  { by, now }: { by: string; now: number },
): Promise<boolean> {
  return records.db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('inspect_exemption')
      .set({ ended_at: now })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    const entry = { at: now, actor: by, action: 'inspect.exempt.end', object: `exemption/${id}` };
    await appendAudit(records, entry, tx);
    return true;
  });
}

/** Those in force, or with `all` those of the past, too. */
export async function listExemptions({ db }: Records, now: number, all = false): Promise<Exemption[]> {
  let query = db.selectFrom('inspect_exemption').selectAll().orderBy('id');
  if (!all) query = query.where('ended_at', 'is', null).where('expires_at', '>', now);
  return (await query.execute()).map(exemptionOf);
}

function exemptionOf(row: Selectable<Tables['inspect_exemption']>): Exemption {
  return {
    id: row.id,
    check: row.check_id,
    ...(row.host !== null && { host: row.host }),
    ...(row.selector !== null && { selector: row.selector }),
    reason: row.reason,
    by: row.made_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
