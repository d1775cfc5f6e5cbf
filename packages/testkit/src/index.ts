/* What the tests of every package share: real servers, databases and ways to wait. Never imported outside tests. */

export { addDeskMailbox, type DeskMailbox } from './add-desk-mailbox.ts'
export { anAddress, anEmail, aPart, type EmailFields } from './an-email.ts'
export {
  describeJobQueueContract,
  type QueueBackendUnderTest,
  type QueueServer,
  type QueueUnderTest,
} from './contracts/job-queue.ts'
export {
  type DeskWithProcesses,
  describeQueueProcesses,
  type ProcessesUnderTest,
  type WorkerProcess,
  type WorkerProcessOptions,
} from './contracts/job-queue-processes.ts'
export { freePort } from './free-port.ts'
export { quietLog } from './quiet-log.ts'
export { anId, seedInbound, seedMailbox, seedMessage, seedTicket, seedUser } from './seed.ts'
export { seededRandom } from './seeded-random.ts'
export { type DeskProcess, startDeskProcess } from './services/desk-process.ts'
export type { SinkTransaction } from './services/smtp-conversation.ts'
export type { SinkAction, SinkStage, SinkStep } from './services/smtp-script.ts'
export { type DebianPostgres, startDebianPostgres } from './services/start-debian-postgres.ts'
export { type DovecotOptions, type DovecotServer, startDovecot } from './services/start-dovecot.ts'
export { type PostfixOptions, type PostfixServer, startPostfix } from './services/start-postfix.ts'
export { type PostgresServer, startPostgres } from './services/start-postgres.ts'
export { type RedisOptions, type RedisServer, startRedis } from './services/start-redis.ts'
export { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from './services/start-smtp-sink.ts'
export {
  type ProxyDirection,
  type Swallowing,
  startTcpProxy,
  type TcpProxy,
} from './services/start-tcp-proxy.ts'
export { createTestDatabase, type TestDatabase } from './test-database.ts'
export { type WaitOptions, waitUntil } from './wait-until.ts'
