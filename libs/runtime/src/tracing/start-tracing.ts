import { Env, EnvError, type TracingSettings } from '../env.ts';
import { traceExports } from './trace-exports.ts';

/**
 * Exports traces where OTEL_EXPORTER_OTLP_ENDPOINT is set; else nothing of OpenTelemetry's SDK is loaded. The first thing that a process
 * does: a driver that is loaded earlier (`pg`) cannot be watched any more. Never rejects: a product without traces is better than none.
 * What went wrong is in the log as soon as there is one (`TraceExports.report`).
 * @param service Name of the process, such as `parse-worker`.
 */
export async function startTracing(service: string): Promise<void> {
  const settings = readSettings();
  if (settings === undefined) return;
  try {
    const { startSdk } = await import('./sdk.ts');
    await startSdk(service, settings);
  } catch (error) {
    traceExports.failedToStart(error);
  }
}

/** Undefined where there is nothing to export to, and where the environment is not usable: whoever reads it next says so. */
function readSettings(): TracingSettings | undefined {
  try {
    return Env.load().tracing;
  } catch (error) {
    if (error instanceof EnvError) return undefined;
    throw error;
  }
}
