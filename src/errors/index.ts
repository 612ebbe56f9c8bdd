/**
 * The table of errors. Each row is one code and one message template that tells who, what was expected, what came and
 * what to do; docs/errors.md lists the same rows and a test keeps the two in step.
 */

const table = {
  JDOS_ERR_PORT_IN_USE:
    'cannot listen on {address}: the port is taken; stop what listens there or choose another with {flag}',
  JDOS_ERR_DATA_DIR_IN_USE:
    'data directory {dir} is in use by process {pid}; stop it with `jdos down --data {dir}` or choose another with --data',
  JDOS_ERR_DATA_CORRUPT:
    'data directory {dir} cannot be read: {detail}; nothing was changed; restore it from a copy, or start afresh with another --data',
  JDOS_ERR_USAGE: '{detail}',
  JDOS_ERR_NOT_RUNNING:
    'no JDOS runs on data directory {dir}; start one with `jdos up --data {dir}`, or name its --data',
  JDOS_ERR_TIMEOUT: '{what} did not happen within {seconds} s; {state}',
  JDOS_ERR_INPUT_FILE: '{file}, line {line}: expected {expected}, found {found}; nothing of this file was loaded',
  JDOS_ERR_FLEET_STAGE: 'fleet stages, {place}: {field}: expected {expected}, found {got}',
  JDOS_ERR_FLEET_FAULT: 'fault {name}: {field}: expected {expected}, found {got}; the fault is not in force',
  JDOS_ERR_AUDIT_POLICY: 'audit policy {file}: {problem}',
  JDOS_ERR_INSPECT_SETTINGS:
    'inspection settings {file}: {field}: expected {expected}, found {got}; nothing was inspected',
  JDOS_ERR_INSPECT_RUN: 'there is {what} in the records at {place}; `jdos inspect runs` lists those there are',
  JDOS_ERR_INSPECT_NO_HOST:
    'there is no {what}; `jdos fleet hosts` or `kubectl get nodes` list those there are; nothing was inspected',
  JDOS_ERR_AUDIT_BROKEN: 'the audit at {place} was tampered with: row {seq}: {why}; rows before it are sound',
  JDOS_ERR_RECORDS: 'records {place} cannot be used: {detail}; nothing was changed',
  JDOS_ERR_KUBECONFIG: 'kubeconfig {file}: {detail}',
  JDOS_ERR_NOT_INSTALLED:
    'the cluster {server} does not serve {path}; put the resource types on it with `jdos install`',
  JDOS_ERR_HOST_TRANSITION: 'host {host} is {from} and cannot become {to}; it may become {allowed}',
  JDOS_ERR_HOST_GUARD: 'host {host} is {from} and cannot become {to} yet; it needs {missing}',
  JDOS_ERR_HOST_CHANGED:
    'host {host} was changed by someone else meanwhile; it is now {status}; look again, then repeat',
  JDOS_ERR_HOST_UNKNOWN: 'nothing here has the name or address {asked}; nearest: {nearest}',
  JDOS_ERR_HOST_AMBIGUOUS: '{asked} means several things: {choices}; say which host by its name',
  JDOS_ERR_MAINTENANCE_REFUSED: 'maintenance of {host} is refused: {reason}',
  JDOS_ERR_MAINTENANCE_UNKNOWN: 'there is no operation {id}; `jdos maintain list` shows those there are',
  JDOS_ERR_BATCH_DANGEROUS:
    '{command} {danger}; nothing was run; add --allow-dangerous if it is meant, your name is written down with it',
  JDOS_ERR_MAINTENANCE_STATE: 'operation {id} is {state}; expected {expected}',
  JDOS_ERR_RELEASE: '{detail}',
  JDOS_ERR_ACCOUNT: 'accounts in {place}: {detail}; `jdos accounts list` shows those there are',
  JDOS_ERR_ADDRESS_REFUSED:
    'a check may not ask {address}: it leads into the host or the cloud of the controllers; name another, or start them with --allow-check-addresses',
  JDOS_ERR_APILOGS_IN_USE:
    'another process is writing to the API logs in {dir}; wait until it is done, or name another directory with --store',
  JDOS_ERR_APILOGS_SOURCE: 'audit log {file} cannot be read: {detail}; what was read of it before is kept',
  JDOS_ERR_APILOGS_DISK_FULL:
    'the disk of the API logs in {dir} is full: {detail}; what was taken in stays, and it goes on there when there is space: free some, or let `jdos apilogs tidy --keep` take old hours away',
  JDOS_ERR_APILOGS_EMPTY:
    'there are no API logs in {dir} yet; take some in with `jdos apilogs import`, or name another directory with --store',
} as const satisfies Record<string, string>;

export const errors: Readonly<Record<ErrorCode, string>> = table;
export type ErrorCode = keyof typeof table;

/** An error that a person is to read. Test `code`, never the message. */
export class JdosError extends Error {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, params: Record<string, string | number>, options?: ErrorOptions) {
    super(
      table[code].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? `{${name}}`)),
      options,
    );
    this.name = 'JdosError';
    this.code = code;
    this.params = params;
  }
}
