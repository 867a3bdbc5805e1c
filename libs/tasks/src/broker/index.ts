export { Broker, jobId, type Consumer } from './broker.ts';
export { BullmqBroker } from './bullmq-broker.ts';
export { postgresBackend } from './postgres-backend.ts';
