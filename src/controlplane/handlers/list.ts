/** GET of a collection: the newest state, a state not older than asked, or page after page of one snapshot. */
import { failure, sleep } from '../../kube/index.ts';
import type { Plane } from '../plane.ts';
import type { Entry, Tree } from '../storage/index.ts';
import { answerList, type ListMeta } from './answers.ts';
import type { Answer, ApiRequest } from './request.ts';
import { encodeContinue, type ListPlan, planList, tooLarge } from './resource-version.ts';
import { type Selection, selectionOf } from './selection.ts';
import { shapeOf } from './shape.ts';

/** How long a list waits for a revision that is yet to come, in ms. */
const FRESHNESS_WAIT_MS = 3_000;
const FRESHNESS_POLL_MS = 20;

export async function list(request: ApiRequest): Promise<Answer> {
  const plan = planList(request.query);
  const selection = selectionOf(request);
  await waitForRevision(request.plane, plan.atLeast);
  const { entries, metadata } = page(request, plan, selection);
  return answerList(entries, metadata, shapeOf(request));
}

/** Objects that a selection means, from the newest state, in key order. */
export function selected(request: ApiRequest, selection: Selection, tree: Tree = request.collection.current): Entry[] {
  return [...matching(request, selection, tree, undefined)];
}

export async function waitForRevision(plane: Plane, rev: number): Promise<void> {
  const deadline = plane.clock.now() + FRESHNESS_WAIT_MS;
  while (plane.store.revision < rev) {
    if (plane.clock.now() >= deadline) throw tooLarge(rev, plane.store.revision);
    await sleep(plane.clock, FRESHNESS_POLL_MS);
  }
}

function page(request: ApiRequest, plan: ListPlan, selection: Selection): { entries: Entry[]; metadata: ListMeta } {
  const { store } = request.plane;
  const rev = plan.exact ?? store.revision;
  const tree = snapshot(request, plan, rev);
  const entries: Entry[] = [];
  let more = false;
  for (const entry of matching(request, selection, tree, plan.token?.after)) {
    if (plan.limit > 0 && entries.length === plan.limit) {
      more = true;
      break;
    }
    entries.push(entry);
  }
  const resourceVersion = String(rev);
  if (!more) return { entries, metadata: { resourceVersion } };
  const remaining = selection.filtered ? undefined : left(request, plan, selection, tree) - entries.length;
  const token = { rev, after: entries.at(-1)!.key, ...(remaining !== undefined && { remaining }) };
  return {
    entries,
    metadata: {
      resourceVersion,
      continue: encodeContinue(token),
      ...(remaining !== undefined && { remainingItemCount: remaining }),
    },
  };
}

/** How many there are from the start of this page on. */
function left(request: ApiRequest, plan: ListPlan, selection: Selection, tree: Tree): number {
  if (plan.token?.remaining !== undefined) return plan.token.remaining;
  if (plan.token === undefined && selection.namespace === undefined) return tree.size;
  let count = 0;
  for (const _ of matching(request, selection, tree, plan.token?.after)) count++;
  return count;
}

function snapshot(request: ApiRequest, plan: ListPlan, rev: number): Tree {
  if (plan.exact === undefined) return request.collection.current;
  if (rev > request.plane.store.revision) throw tooLarge(rev, request.plane.store.revision);
  const tree = request.collection.at(rev);
  if (tree) return tree;
  if (!plan.token) throw failure('Expired', 'The resourceVersion for the provided list is too old.');
  const expired = failure('Expired', EXPIRED_CONTINUE);
  expired.status.metadata = { continue: encodeContinue({ rev: -1, after: plan.token.after }) };
  throw expired;
}

const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

function* matching(
  request: ApiRequest,
  selection: Selection,
  tree: Tree,
  after: string | undefined,
): IterableIterator<Entry> {
  const { definition } = request;
  const { namespace, name } = selection;
  if (name !== undefined && (namespace !== undefined || !definition.namespaced)) {
    const entry = tree.get(namespace === undefined ? name : `${namespace}/${name}`);
    if (entry && (after === undefined || entry.key > after) && selection.matches(entry)) yield entry;
    return;
  }
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  for (const [key, entry] of tree.entries(after ?? prefix)) {
    if (!key.startsWith(prefix)) return;
    if (key !== after && selection.matches(entry)) yield entry;
  }
}
