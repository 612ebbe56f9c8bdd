/** PUT of one object or of its status. */
import { decodeObject } from './decoding.ts';
import { checkManager } from './ownership.ts';
import type { Answer, ApiRequest } from './request.ts';
import { updateWith } from './write.ts';

export async function update(request: ApiRequest): Promise<Answer> {
  checkManager(request, 'UpdateOptions');
  const object = await decodeObject(request);
  return updateWith(request, {
    next: () => object,
    ...(request.definition.createOnUpdate && { create: () => object }),
  });
}
