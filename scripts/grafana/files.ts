import { format } from 'prettier';
import { dashboards } from './dashboards.ts';

/** Names and texts of the files in `ops/grafana/dashboards`, in the format of all our files. */
export async function dashboardFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const dashboard of dashboards)
    files.set(
      `${dashboard.uid ?? ''}.json`,
      await format(JSON.stringify(dashboard), { parser: 'json', printWidth: 120 }),
    );
  return files;
}
