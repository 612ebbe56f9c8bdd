/** POST to a collection. */
import { decodeObject } from './decoding.ts';
import { checkManager } from './ownership.ts';
import type { Answer, ApiRequest } from './request.ts';
import { createFrom } from './write.ts';

export async function create(request: ApiRequest): Promise<Answer> {
  checkManager(request, 'CreateOptions');
  return createFrom(request, await decodeObject(request));
}
