/** Writes down who did what, as `audit.k8s.io/v1` Events, one JSON object a line. */
import { rfc3339Micro } from '../../kube/index.ts';
import type { Exchange, ExchangeObserver } from '../exchange.ts';
import { parseBody } from '../handlers/decoding.ts';
import type { Caller } from '../handlers/request.ts';
import type { Json } from '../registry/definition.ts';
import { type AuditStage, judge, type Level, type Policy } from './policy.ts';
import type { RotatingFile } from './rotating-file.ts';

export class AuditLog implements ExchangeObserver {
  readonly #policy: Policy;
  readonly #file: RotatingFile;
  readonly #now: () => number;

  constructor(policy: Policy, file: RotatingFile, now: () => number) {
    this.#policy = policy;
    this.#file = file;
    this.#now = now;
  }

  received(exchange: Exchange): void {
    this.#note(exchange, 'RequestReceived');
  }

  streaming(exchange: Exchange): void {
    this.#note(exchange, 'ResponseStarted');
  }

  completed(exchange: Exchange): void {
    this.#note(exchange, 'ResponseComplete');
  }

  #note(exchange: Exchange, stage: AuditStage): void {
    const { level, omitStages } = judge(this.#policy, exchange);
    if (level === 'None' || omitStages.includes(stage)) return;
    this.#file.write(JSON.stringify(eventOf(exchange, stage, level, this.#now())));
  }
}

function eventOf(exchange: Exchange, stage: AuditStage, level: Level, now: number): Json {
  const { id, url, method, sender, caller, target, status, sourceAddress, userAgent } = exchange;
  const finished = stage !== 'RequestReceived' && status !== undefined;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: id,
    stage,
    requestURI: `${url.pathname}${url.search}`,
    verb: target?.verb ?? method.toLowerCase(),
    user: sender ? userOf(sender) : {},
    ...(caller && caller !== sender && { impersonatedUser: userOf(caller) }),
    sourceIPs: sourceAddress ? [sourceAddress] : [],
    ...(userAgent && { userAgent }),
    ...(target && { objectRef: referenceOf(target) }),
    ...(finished && { responseStatus: responseStatus(exchange) }),
    ...(finished &&
      level !== 'Metadata' &&
      exchange.body?.length && { requestObject: readable(exchange.body, exchange.contentType) }),
    ...(finished && level === 'RequestResponse' && exchange.answer && { responseObject: answered(exchange) }),
    requestReceivedTimestamp: rfc3339Micro(exchange.receivedAt),
    stageTimestamp: rfc3339Micro(stage === 'RequestReceived' ? exchange.receivedAt : now),
  };
}

function userOf({ name, uid, groups, extra }: Caller): Json {
  return { username: name, ...(uid && { uid }), groups, ...(extra && Object.keys(extra).length > 0 && { extra }) };
}

function referenceOf({ group, version, plural, namespace, name, subresource }: NonNullable<Exchange['target']>): Json {
  return {
    resource: plural,
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(group && { apiGroup: group }),
    apiVersion: version,
    ...(subresource && { subresource }),
  };
}

function responseStatus(exchange: Exchange): Json {
  const code = exchange.status!;
  if (code < 400) return { metadata: {}, code };
  const { status, message, reason, details } = answered(exchange) ?? {};
  return { metadata: {}, status, message, reason, details, code };
}

function answered({ answer }: Exchange): Json {
  if (!answer || (typeof answer.body !== 'string' && !Buffer.isBuffer(answer.body))) return undefined;
  return readable(Buffer.from(answer.body), answer.contentType);
}

function readable(body: Buffer, contentType: string): Json {
  try {
    return parseBody(
      body,
      contentType.startsWith('application/json') || /patch/.test(contentType) ? 'application/json' : contentType,
    );
  } catch {
    return undefined;
  }
}
