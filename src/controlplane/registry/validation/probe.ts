/** Probes and lifecycle hooks: what a kubelet does inside or against a container. */
import type { FieldError, Json } from '../definition.ts';
import { forbidden, invalid, invalids, optionalOneOf, required } from './field-error.ts';
import { portNumber } from './names.ts';
import { nonNegative, portNumberOrName } from './numbers.ts';

const ACTIONS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];
const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

/** `once`: the probe has no notion of success but the first (liveness, startup). */
export function validateProbe(probe: Json, at: string, once: boolean): FieldError[] {
  if (!probe) return [];
  const errors = [
    ...validateHandler(probe, at),
    ...COUNTS.flatMap((field) => nonNegative(`${at}.${field}`, probe[field])),
  ];
  const grace = probe.terminationGracePeriodSeconds;
  if (typeof grace === 'number' && grace <= 0) {
    errors.push(invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  if (once && probe.successThreshold > 1) {
    errors.push(invalid(`${at}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  return errors;
}

/** Exactly one action, and that one complete. */
export function validateHandler(handler: Json, at: string): FieldError[] {
  if (!handler) return [];
  const [first, ...more] = ACTIONS.filter((action) => handler[action]);
  if (!first) return [required(at, 'must specify a handler type')];
  return [
    ...actionErrors(first, handler[first], `${at}.${first}`),
    ...more.map((action) => forbidden(`${at}.${action}`, 'may not specify more than 1 handler type')),
  ];
}

function actionErrors(action: string, value: Json, at: string): FieldError[] {
  switch (action) {
    case 'exec':
      return (value.command ?? []).length > 0 ? [] : [required(`${at}.command`)];
    case 'httpGet':
      return httpErrors(value, at);
    case 'tcpSocket':
      return portNumberOrName(`${at}.port`, value.port);
    case 'grpc':
      return invalids(`${at}.port`, value.port ?? 0, portNumber(value.port));
    default:
      return [];
  }
}

function httpErrors(http: Json, at: string): FieldError[] {
  return [
    ...(http.path ? [] : [required(`${at}.path`)]),
    ...portNumberOrName(`${at}.port`, http.port),
    ...optionalOneOf(`${at}.scheme`, http.scheme, ['HTTP', 'HTTPS']),
    ...(http.httpHeaders ?? []).flatMap((header: Json) =>
      /^[-A-Za-z0-9]+$/.test(header.name ?? '')
        ? []
        : [
            invalid(
              `${at}.httpHeaders`,
              header.name ?? '',
              "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
            ),
          ],
    ),
  ];
}
