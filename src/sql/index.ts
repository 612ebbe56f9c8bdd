export type { ClusterAccess, TableStatus } from './feed/message.ts';
export { answerLines, exact } from './http/answer-lines.ts';
export { type Problem, problemOf } from './http/problem.ts';
export * from './kube-sql.ts';
export type { Notice } from './notice.ts';
export { type OwnSource, ownSource } from './own/own-tables.ts';
export { Rights, type VisibleTable } from './scope/index.ts';
export * from './sql-service.ts';
export { big, count, flag, text, time } from './tables/index.ts';
