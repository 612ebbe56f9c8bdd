/** From the repair to the end: repair, verify, restore, report, close. */

import type { Operation } from '../operation.ts';
import { isRepair, MOST_REPAIRS, RepairError, repairNamed } from '../repair.ts';
import { bringHost, letGo, moveHost, priorStatus } from './host-moves.ts';
import type { Finding, Step, StepAnswer, StepTools } from './step.ts';

/** One from the whitelist, or a person's who says when he is done. */
export const repair: Step = async (operation, tools) => {
  if (operation.repair === undefined) return repairByHand(operation);
  if (!isRepair(operation.repair)) return { kind: 'failed', detail: `${operation.repair} is no repair of the list` };
  const { command, timeoutMs, endsHost = false } = repairNamed(operation.repair);
  const line = command.join(' ');
  const say = (text: string) => tools.ledger.log(operation.id, 'repair', `${line} → ${text}`);
  try {
    const { code, output } = await tools.shop.run(operation.host, command, timeoutMs, tools.signal);
    await say(output ? `${code}: ${output.slice(0, 500)}` : String(code));
    return code === 0 ? repaired(operation) : failedRepair(operation, `${line} ended with ${code}`);
  } catch (error) {
    if (tools.signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const kind = error instanceof RepairError ? error.kind : 'not-reached';
    await say(`${kind}: ${why}`);
    if (kind === 'cut-off' && endsHost) return repaired(operation);
    return failedRepair(operation, kind === 'not-reached' ? `nothing was run: ${why}` : why);
  }
};

function repaired({ repair: name, repairs }: Operation): StepAnswer {
  return { kind: 'done', ...(name && { detail: name }), changes: { repairs: repairs + 1, passes: 0 } };
}

function repairByHand({ repaired: by }: Operation): StepAnswer {
  if (by) return { kind: 'done', detail: `by ${by.actor}: ${by.note}`, changes: { passes: 0 } };
  const reason = 'the host is yours: repair it, then say `jdos maintain done`';
  return { kind: 'blocked', blockade: { reason, choices: ['done', 'abort'] } };
}

function failedRepair({ repair: name, repairs }: Operation, why: string): StepAnswer {
  const tries = repairs + 1;
  const changes = { repairs: tries, passes: 0 };
  if (tries < MOST_REPAIRS) return { kind: 'again', step: 'repair', detail: why, changes };
  return { kind: 'failed', detail: `${name} has failed ${tries} times: ${why}`, changes };
}

/** Nothing found, twice in a row, some time apart. Unknown is never well. */
export const verify: Step = async (operation, tools) => {
  if (operation.drain) await moveHost(operation, 'recovering', tools);
  const now = tools.clock.now();
  if (operation.checkedAt !== undefined && now - operation.checkedAt < tools.times.verifyGapMs) return { kind: 'wait' };
  const bad = unwell(await tools.inspect(operation.host, tools.signal));
  const passes = bad.length === 0 ? operation.passes + 1 : 0;
  const changes = { passes, checkedAt: now, findings: bad.map(wordsOf) };
  if (passes >= 2) return { kind: 'done', detail: 'nothing was found, twice', changes };
  const began =
    operation.steps.findLast(({ step, endedAt }) => step === 'verify' && endedAt === undefined)?.startedAt ?? now;
  if (bad.length === 0 || now - began < tools.times.verifyMs) return { kind: 'wait', changes };
  const detail = `still found after the repair: ${changes.findings.join('; ')}`;
  if (operation.repair !== undefined && operation.repairs < MOST_REPAIRS)
    return { kind: 'again', step: 'repair', detail, changes };
  return { kind: 'failed', detail, changes };
};

/** Well for a while, and looked at once more; then the host is what it was, with its old schedulability. */
export const restore: Step = async (operation, tools) => {
  const now = tools.clock.now();
  const since =
    operation.steps.findLast(({ step, outcome }) => step === 'verify' && outcome === 'done')?.endedAt ?? now;
  if (now - since < operation.healthyDelayMs) return { kind: 'wait' };
  const bad = unwell(await tools.inspect(operation.host, tools.signal));
  if (bad.length > 0) {
    const detail = `fell ill again: ${bad.map(wordsOf).join('; ')}`;
    return { kind: 'failed', detail, changes: { findings: bad.map(wordsOf) } };
  }
  const prior = priorStatus(operation);
  if (operation.drain) await bringHost(operation, 'ready', tools);
  else if (prior === 'suspect') await moveHost(operation, 'ready', tools);
  return { kind: 'done', detail: operation.drain ? 'given back' : `was never taken away; it was ${prior}` };
};

export const report: Step = async (operation, { notifier }) => {
  if (!notifier) return { kind: 'skipped', detail: 'nobody is to be told' };
  const sent = await notifier.send(operation, 'recovery');
  if (sent.kind === 'sent') return { kind: 'done', detail: `told ${sent.recipients.join(', ')}` };
  return {
    kind: 'skipped',
    detail: sent.kind === 'nobody' ? 'nobody is to be told' : `WARNING: not told: ${sent.error}`,
  };
};

export const close: Step = async (operation, tools) => {
  await letGo(operation, tools);
  await tools.lock.release(operation.host, operation.id);
  return { kind: 'done' };
};

/** What an operation that ends early leaves behind: a host that is as it was before, or that waits for a person. */
export async function giveBack(operation: Operation, status: 'prior' | 'faulty', tools: StepTools): Promise<void> {
  tools.drains.delete(operation.id);
  const state = await tools.book.state(operation.host);
  if (state?.operation === operation.id) {
    await bringHost(operation, status === 'faulty' ? 'faulty' : priorStatus(operation), tools);
    await letGo(operation, tools);
  }
  await tools.lock.release(operation.host, operation.id);
}

function unwell(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ level }) => level === 'error' || level === 'alarm' || level === 'unknown');
}

function wordsOf({ check, level, message }: Finding): string {
  return `${check} ${level}: ${message}`;
}
