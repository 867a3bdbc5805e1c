export { DeliveryHandlers } from './delivery-handlers.ts';
export { DeliveryRehearsalModule } from './rehearsal/delivery-rehearsal.module.ts';
export { DeliveryRehearsals } from './rehearsal/delivery-rehearsals.ts';
export { DeliveryGaugesModule } from './delivery-gauges.module.ts';
export { DeliveryModule } from './delivery.module.ts';
export { DeliveryWorkerModule } from './delivery-worker.module.ts';
