export { CaptureGaugesModule } from './capture-gauges.module.ts';
export { CaptureRehearsalModule } from './capture-rehearsal.module.ts';
export { CaptureWorkerModule } from './capture-worker.module.ts';
export { CaptureModule } from './capture.module.ts';
export { CaptureHandlers } from './parse/capture-handlers.ts';
export { CaptureRehearsals } from './parse/capture-rehearsals.ts';
