/** GET of one object. */
import { answerEntry } from './answers.ts';
import { waitForRevision } from './list.ts';
import { notFound } from './refusals.ts';
import { type Answer, type ApiRequest, keyIn } from './request.ts';
import { parseRevision } from './resource-version.ts';
import { shapeOf } from './shape.ts';

export async function get(request: ApiRequest): Promise<Answer> {
  const { plane, definition, collection, target, query } = request;
  await waitForRevision(plane, parseRevision(query.get('resourceVersion') ?? ''));
  const entry = collection.get(keyIn(definition, target.namespace, target.name!));
  if (!entry) throw notFound(definition, target.name!);
  return answerEntry(entry, shapeOf(request));
}
