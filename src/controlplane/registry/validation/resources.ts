/** Requests and limits of a container. */
import { compareQuantities } from '../../../kube/index.ts';
import type { FieldError, Json } from '../definition.ts';
import { forbidden, invalid, invalids, required } from './field-error.ts';
import { qualifiedName } from './names.ts';
import { isWhole, validateQuantity } from './quantity.ts';

const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];

export function validateResources(resources: Json, at: string): FieldError[] {
  const { requests = {}, limits = {} } = resources;
  const faults = [...amountErrors(limits ?? {}, `${at}.limits`), ...amountErrors(requests ?? {}, `${at}.requests`)];
  return faults.length > 0 ? faults : [...boundErrors(requests ?? {}, limits ?? {}, at), ...pageErrors(resources, at)];
}

function amountErrors(amounts: Record<string, string>, at: string): FieldError[] {
  return Object.entries(amounts).flatMap(([name, amount]) => [
    ...resourceNameErrors(name, `${at}[${name}]`),
    ...validateQuantity(amount, `${at}[${name}]`),
    ...(isExtended(name) && !isWhole(amount) ? [invalid(`${at}[${name}]`, amount, 'must be an integer')] : []),
  ]);
}

function resourceNameErrors(name: string, field: string): FieldError[] {
  const faults = invalids(field, name, qualifiedName(name));
  if (faults.length > 0 || name.includes('/') || STANDARD.includes(name) || name.startsWith('hugepages-'))
    return faults;
  return [
    invalid(field, name, 'must be a standard resource type or fully qualified'),
    invalid(field, name, 'must be a standard resource for containers'),
  ];
}

function boundErrors(requests: Json, limits: Json, at: string): FieldError[] {
  return Object.entries<string>(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    if (limit === undefined) {
      const detail = 'Limit must be set for non overcommitable resources';
      return isFixed(name) ? [required(`${at}.limits`, detail)] : [];
    }
    const order = compareQuantities(request, limit);
    if (isFixed(name) && order !== 0) {
      return [invalid(`${at}.requests`, request, `must be equal to ${name} limit of ${limit}`)];
    }
    return order > 0
      ? [invalid(`${at}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)]
      : [];
  });
}

/** Huge pages are counted as memory of a process that has some CPU or memory, too. */
function pageErrors({ requests, limits }: Json, at: string): FieldError[] {
  const names = Object.keys({ ...requests, ...limits });
  const alone = !names.includes('cpu') && !names.includes('memory');
  const pages = names.some((name) => name.startsWith('hugepages-'));
  return pages && alone ? [forbidden(at, 'HugePages require cpu or memory')] : [];
}

/** Resources of which nobody gets more than promised. */
function isFixed(name: string): boolean {
  return isExtended(name) || name.startsWith('hugepages-');
}

function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/');
}
