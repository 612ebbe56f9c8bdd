import { describe, expect, it } from 'vitest';
import { refusalOf } from './refusal.ts';

function invalid(...fields: string[]) {
  const causes = fields.map((field) => ({ field, reason: 'FieldValueInvalid', message: 'field is immutable' }));
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Invalid', code: 422 };
  const body = Buffer.from(JSON.stringify({ ...status, message: 'no', details: { causes } }));
  return refusalOf({ status: 422, headers: {}, body });
}

describe('a refusal', () => {
  it('of a patch that names the uid of another object is a conflict', () => {
    expect(invalid('metadata.uid')).toMatchObject({ reason: 'Conflict', code: 409, message: 'no' });
  });

  it('for other faults beside the uid, or without any, is what the server says', () => {
    expect(invalid('metadata.uid', 'spec.containers')).toMatchObject({ reason: 'Invalid', code: 422 });
    expect(invalid()).toMatchObject({ reason: 'Invalid', code: 422 });
  });
});
