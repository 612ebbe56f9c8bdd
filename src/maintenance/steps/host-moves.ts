/** Moves a host along its table of statuses on behalf of an operation: the book first, then the Node. */
import { JdosError } from '../../errors/index.ts';
import {
  applyHost,
  type HostFacts,
  type HostState,
  type HostStatus,
  isHostStatus,
  wayBetween,
} from '../../nodes/index.ts';
import type { Operation } from '../operation.ts';
import type { StepTools } from './step.ts';

/** One step along the table, or none when the host is there already. */
export async function moveHost(operation: Operation, to: HostStatus, tools: StepTools): Promise<HostState> {
  const state = await requireState(operation, tools);
  const moved = state.status === to ? state : await stepTo(state, to, operation, tools);
  await show(moved, tools);
  return moved;
}

/** All the way to a status, by whatever lies between: for giving back. */
export async function bringHost(operation: Operation, to: HostStatus, tools: StepTools): Promise<void> {
  let state = await requireState(operation, tools);
  for (const next of wayBetween(state.status, to)) state = await stepTo(state, next, operation, tools);
  await show(state, tools);
}

async function show({ host }: HostState, { client, book, clock, signal }: StepTools): Promise<void> {
  await applyHost(host, { client, book, clock, signal });
}

/** A person has asked for the operation, so the guards of going on by oneself do not bind it. */
function stepTo(state: HostState, to: HostStatus, operation: Operation, { book }: StepTools): Promise<HostState> {
  const facts: HostFacts = { host: state.host, labels: {}, sinceMs: 0, pods: 0 };
  const { id, reason, requestedBy } = operation;
  return book.change(state, { to, actor: requestedBy, reason, operation: id, force: true }, facts);
}

/** The operation lets go: nobody holds the host any more. */
export async function letGo(operation: Operation, tools: StepTools): Promise<void> {
  const state = await tools.book.state(operation.host);
  if (!state || state.operation !== operation.id) return;
  const free = await tools.book.hold(state, null, operation.requestedBy, operation.reason);
  await show(free, tools);
}

/** The host's state, held by this operation; a host that has none yet gets the one that it seems to have. */
export async function holdHost(operation: Operation, tools: StepTools): Promise<HostState> {
  const { host, id, requestedBy, reason } = operation;
  const known = (await tools.book.state(host)) ?? (await tools.book.adopt(host, 'ready', 'jdos', 'first maintenance'));
  if (known.operation !== undefined && known.operation !== id) {
    throw new JdosError('JDOS_ERR_MAINTENANCE_REFUSED', { host, reason: `operation ${known.operation} holds it` });
  }
  const state = known.operation === id ? known : await tools.book.hold(known, id, requestedBy, reason);
  await show(state, tools);
  return state;
}

async function requireState({ host, id }: Operation, { book }: StepTools): Promise<HostState> {
  const state = await book.state(host);
  if (!state) throw new Error(`operation ${id}: host ${host} has no status`);
  return state;
}

export function priorStatus({ prior }: Operation): HostStatus {
  return isHostStatus(prior) ? prior : 'ready';
}
