/** From the lock to the empty host: lock, notify, cordon, drain, enter. */
import { JdosError } from '../../errors/index.ts';
import { isConditionTrue, NODES } from '../../kube/index.ts';
import { isCordonedByUs } from '../../nodes/index.ts';
import { Drain, type DrainState } from '../drain/index.ts';
import type { Operation } from '../operation.ts';
import { holdHost, moveHost } from './host-moves.ts';
import type { Step, StepAnswer, StepTools } from './step.ts';

/** A full budget ends the operation before anything was done. */
export const lock: Step = async (operation, tools) => {
  try {
    await tools.lock.take(operation.host, operation.id);
  } catch (error) {
    if (!(error instanceof JdosError) || error.code !== 'JDOS_ERR_MAINTENANCE_REFUSED') throw error;
    return { kind: 'failed', detail: error.message };
  }
  const state = await holdHost(operation, tools);
  const before = await inspected(operation, tools);
  return { kind: 'done', detail: `was ${state.status}`, changes: { prior: operation.prior ?? state.status, before } };
};

/** Planned work waits until the owners know; an emergency goes on and says that they do not. */
export const notify: Step = async (operation, tools) => {
  if (!tools.notifier) return { kind: 'skipped', detail: 'nobody is to be told' };
  const sent = await tools.notifier.send(operation, 'maintenance');
  if (sent.kind === 'sent') return { kind: 'done', detail: `told ${sent.recipients.join(', ')}` };
  if (sent.kind === 'nobody') return { kind: 'skipped', detail: 'nobody is to be told' };
  if (operation.kind === 'emergency') return { kind: 'done', detail: `WARNING: not told: ${sent.error}` };
  const reason = `the owners could not be told: ${sent.error}`;
  return { kind: 'blocked', blockade: { reason, choices: ['wait', 'abort'] } };
};

export const cordon: Step = async (operation, tools) => {
  if (!operation.drain) return { kind: 'skipped', detail: 'the repair needs no empty host' };
  await moveHost(operation, 'cordoned', tools);
  return { kind: 'done' };
};

export const drain: Step = async (operation, tools) => {
  if (!operation.drain) return { kind: 'skipped' };
  await moveHost(operation, 'draining', tools);
  const node = await tools.client.get(NODES, operation.host, { signal: tools.signal });
  if (isCordonedByUs(node) && !node.spec.unschedulable) return uncordoned();
  const state = await drainOf(operation, tools).step(operation.consent, tools.signal);
  for (const pod of state.evicted) await tools.ledger.log(operation.id, 'drain', `evicted ${pod}`);
  const silent = !isConditionTrue(node, 'Ready');
  return silent && state.left.length > 0 ? stuckOnSilent(operation, state, tools) : answerTo(operation, state, tools);
};

/**
 * Pods that are going on a host that does not report never end by themselves. They are taken off by force only when people
 * have named them and the machine is proved to be off: otherwise two of one name could run.
 */
async function stuckOnSilent(operation: Operation, state: DrainState, tools: StepTools): Promise<StepAnswer> {
  const { force = [] } = operation.consent;
  const named = state.left.filter((pod) => force.includes(pod));
  const power = named.length > 0 ? await (tools.power?.(operation.host, tools.signal) ?? 'unknown') : 'unknown';
  if (power === 'off') {
    await drainOf(operation, tools).takeOff(named, tools.signal);
    await tools.ledger.log(operation.id, 'drain', `the machine is off; taken off by force: ${named.join(', ')}`);
    return { kind: 'wait' };
  }
  const proof =
    named.length > 0 ? `; force is refused without proof that the machine is off: its power is ${power}` : '';
  const reason = `the host does not report, so nobody can say that these have ended: ${state.left.join(', ')}${proof}`;
  const answer = answerTo(operation, state, tools);
  return { ...answer, kind: 'blocked', blockade: { reason, choices: ['wait', 'skip a Pod', 'force a Pod', 'abort'] } };
}

export const enter: Step = async (operation, tools) => {
  if (!operation.drain) return { kind: 'skipped' };
  await moveHost(operation, 'maintenance', tools);
  tools.drains.delete(operation.id);
  return { kind: 'done', detail: 'the host is empty' };
};

function uncordoned(): StepAnswer {
  const reason = 'somebody has made the host schedulable again while it was being emptied';
  return { kind: 'blocked', blockade: { reason, choices: ['abort', 'cordon it again'] } };
}

function drainOf({ id, host }: Operation, { drains, client, clock }: StepTools): Drain {
  const known = drains.get(id) ?? new Drain(host, { client, clock });
  drains.set(id, known);
  return known;
}

function answerTo(operation: Operation, state: DrainState, { clock }: StepTools): StepAnswer {
  const { left, hindered } = state;
  const before = operation.drainProgress;
  const total = Math.max(before?.total ?? 0, left.length);
  const deadline = before?.deadline ?? clock.now() + operation.drainTimeoutMs;
  const changes = { drainProgress: { total, left, hindered, deadline } };
  if (left.length === 0) return { kind: 'done', detail: `${total} Pods have left`, changes };
  if (!state.stuck && clock.now() < deadline) return { kind: 'wait', changes };
  const why = hindered.map(({ pod, reason, detail }) => `${pod}: ${reason}: ${detail}`);
  const reason = state.stuck
    ? why.join('; ')
    : `${left.length} Pods are still there: ${why.join('; ') || left.join(', ')}`;
  return {
    kind: 'blocked',
    blockade: { reason, choices: ['wait', 'consent', 'skip a Pod', 'override a Pod', 'abort'] },
    changes,
  };
}

async function inspected(operation: Operation, tools: StepTools): Promise<readonly string[]> {
  const findings = await tools.inspect(operation.host, tools.signal);
  return findings
    .filter(({ level }) => level !== 'info')
    .map(({ check, level, message }) => `${check} ${level}: ${message}`);
}
