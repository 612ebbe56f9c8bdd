/** Containers of a Pod: main, init and ephemeral ones. */
import type { FieldError, Json } from '../definition.ts';
import { validateEnv } from './env.ts';
import { ephemeralContainerErrors } from './ephemeral-container.ts';
import { duplicate, forbidden, invalid, invalids, notFound, optionalOneOf, required } from './field-error.ts';
import { dnsLabel, portName, portNumber } from './names.ts';
import { validateHandler, validateProbe } from './probe.ts';
import { validateResources } from './resources.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

export function validateContainers(spec: Json, at: string): FieldError[] {
  const volumes = new Set<string>((spec.volumes ?? []).map((v: Json) => v.name));
  const main: Json[] = spec.containers ?? [];
  if (main.length === 0) return [required(`${at}.containers`)];
  const init: Json[] = spec.initContainers ?? [];
  const seen = new Set<string>();
  return [
    ...main.flatMap((c, i) => containerErrors(c, `${at}.containers[${i}]`, volumes, seen)),
    ...hostPortConflicts(main, `${at}.containers`),
    ...hostNetworkErrors(spec, at),
    ...init.flatMap((c, i) => [
      ...containerErrors(c, `${at}.initContainers[${i}]`, volumes, seen),
      ...initErrors(c, `${at}.initContainers[${i}]`),
    ]),
    ...(spec.ephemeralContainers ?? []).flatMap((c: Json, i: number) => [
      ...containerErrors(c, `${at}.ephemeralContainers[${i}]`, volumes, seen),
      ...ephemeralContainerErrors(c, `${at}.ephemeralContainers[${i}]`, spec),
    ]),
  ];
}

function containerErrors(c: Json, at: string, volumes: Set<string>, seen: Set<string>): FieldError[] {
  const liveness = PROBES.slice(0, 1).concat('startupProbe');
  return [
    ...nameErrors(c.name, `${at}.name`, seen),
    ...imageErrors(c.image, `${at}.image`),
    ...optionalOneOf(`${at}.terminationMessagePolicy`, c.terminationMessagePolicy, MESSAGE_POLICIES),
    ...portErrors(c.ports ?? [], `${at}.ports`),
    ...validateEnv(c, at),
    ...mountErrors(c.volumeMounts ?? [], `${at}.volumeMounts`, volumes),
    ...deviceErrors(c.volumeDevices ?? [], `${at}.volumeDevices`, volumes),
    ...optionalOneOf(`${at}.imagePullPolicy`, c.imagePullPolicy, PULL_POLICIES),
    ...validateResources(c.resources ?? {}, `${at}.resources`),
    ...PROBES.flatMap((probe) => validateProbe(c[probe], `${at}.${probe}`, liveness.includes(probe))),
    ...readinessErrors(c.readinessProbe, `${at}.readinessProbe.terminationGracePeriodSeconds`),
    ...['postStart', 'preStop'].flatMap((hook) => validateHandler(c.lifecycle?.[hook], `${at}.lifecycle.${hook}`)),
    ...securityErrors(c.securityContext ?? {}, `${at}.securityContext`),
  ];
}

/** A Pod that is not ready is not ended, so there is no grace to tell. */
function readinessErrors(probe: Json, field: string): FieldError[] {
  const grace = probe?.terminationGracePeriodSeconds;
  return grace === undefined ? [] : [invalid(field, grace, 'must not be set for readinessProbes')];
}

function nameErrors(name: Json, field: string, seen: Set<string>): FieldError[] {
  if (!name) return [required(field)];
  const errors = invalids(field, name, dnsLabel(name));
  if (seen.has(name)) return [...errors, duplicate(field, name)];
  seen.add(name);
  return errors;
}

function imageErrors(image: Json, field: string): FieldError[] {
  if (!image) return [required(field)];
  return image === image.trim() ? [] : [invalid(field, image, 'must not have leading or trailing whitespace')];
}

/** Init containers end, so nothing may wait for them to be alive, unless they are sidecars. */
function initErrors(c: Json, at: string): FieldError[] {
  const policy = optionalOneOf(`${at}.restartPolicy`, c.restartPolicy, ['Always', 'Never', 'OnFailure']);
  if (c.restartPolicy === 'Always') return policy;
  const detail = 'may not be set for init containers without restartPolicy=Always';
  const set = ['lifecycle', ...PROBES].filter((field) => c[field]);
  return [...policy, ...set.map((field) => forbidden(`${at}.${field}`, detail))];
}

function portErrors(ports: Json[], at: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => [
    ...portNameErrors(port.name, `${at}[${i}].name`, names),
    ...(port.containerPort
      ? invalids(`${at}[${i}].containerPort`, port.containerPort, portNumber(port.containerPort))
      : [required(`${at}[${i}].containerPort`)]),
    ...(port.hostPort ? invalids(`${at}[${i}].hostPort`, port.hostPort, portNumber(port.hostPort)) : []),
    ...optionalOneOf(`${at}[${i}].protocol`, port.protocol, PROTOCOLS),
  ]);
}

function portNameErrors(name: Json, field: string, names: Set<string>): FieldError[] {
  if (!name) return [];
  const faults = portName(name);
  if (faults.length > 0) return invalids(field, name, faults);
  if (names.has(name)) return [duplicate(field, name)];
  names.add(name);
  return [];
}

function hostPortConflicts(containers: Json[], at: string): FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap((c, i) =>
    (c.ports ?? []).flatMap((port: Json, j: number) => {
      if (!port.hostPort) return [];
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (seen.has(key)) return [duplicate(`${at}[${i}].ports[${j}].hostPort`, key)];
      seen.add(key);
      return [];
    }),
  );
}

function hostNetworkErrors(spec: Json, at: string): FieldError[] {
  if (!spec.hostNetwork) return [];
  return spec.containers.flatMap((c: Json, i: number) =>
    (c.ports ?? []).flatMap((port: Json, j: number) => {
      const field = `${at}.containers[${i}].ports[${j}].hostPort`;
      const matches = port.hostPort === port.containerPort;
      return matches
        ? []
        : [invalid(field, port.hostPort ?? 0, 'must match `containerPort` when `hostNetwork` is true')];
    }),
  );
}

function mountErrors(mounts: Json[], at: string, volumes: Set<string>): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, i) => [
    ...volumeNameErrors(mount.name, `${at}[${i}].name`, volumes),
    ...mountPathErrors(mount.mountPath, `${at}[${i}].mountPath`, paths),
    ...relativePathErrors(mount.subPath, `${at}.subPath`),
    ...relativePathErrors(mount.subPathExpr, `${at}.subPathExpr`),
    ...(mount.subPath && mount.subPathExpr
      ? [invalid(`${at}[${i}].subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive')]
      : []),
  ]);
}

function volumeNameErrors(name: Json, field: string, volumes: Set<string>): FieldError[] {
  const missing = name ? [] : [required(field)];
  return volumes.has(name) ? missing : [...missing, notFound(field, name ?? '')];
}

function mountPathErrors(path: Json, field: string, seen: Set<string>): FieldError[] {
  if (!path) return [required(field)];
  if (seen.has(path)) return [invalid(field, path, 'must be unique')];
  seen.add(path);
  return [];
}

function deviceErrors(devices: Json[], at: string, volumes: Set<string>): FieldError[] {
  const paths = new Set<string>();
  return devices.flatMap((device, i) => [
    ...volumeNameErrors(device.name, `${at}[${i}].name`, volumes),
    ...mountPathErrors(device.devicePath, `${at}[${i}].devicePath`, paths),
  ]);
}

/** A path inside a volume: relative, and never upwards. */
export function relativePathErrors(path: Json, field: string): FieldError[] {
  if (!path) return [];
  if (path.startsWith('/')) return [invalid(field, path, 'must be a relative path')];
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

function securityErrors(security: Json, at: string): FieldError[] {
  const contradiction = security.allowPrivilegeEscalation === false && security.privileged;
  const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
  return [...identityErrors(security, at), ...(contradiction ? [invalid(at, security, detail)] : [])];
}

/** User and group, of a container or of a whole Pod. */
export function identityErrors(security: Json, at: string): FieldError[] {
  return ['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((field) => {
    const id = security[field] ?? 0;
    const isId = id >= 0 && id <= 2 ** 31 - 1;
    return isId ? [] : [invalid(`${at}.${field}`, id, 'must be between 0 and 2147483647, inclusive')];
  });
}
