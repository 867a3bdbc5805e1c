export { Broker, jobId, type AtBroker, type BrokerState, type Consumer } from './broker.ts';
export { BullmqBroker } from './bullmq-broker.ts';
export { postgresBackend } from './postgres-backend.ts';
export { redisBackend } from './redis-backend.ts';
