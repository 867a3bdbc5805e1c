export { DeliveryHandlers } from './delivery-handlers.ts';
export { DeliveryModule } from './delivery.module.ts';
export { DeliveryWorkerModule } from './delivery-worker.module.ts';
