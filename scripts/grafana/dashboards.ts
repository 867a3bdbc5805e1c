import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { api } from './api.ts';
import { capture } from './capture.ts';
import { delivery } from './delivery.ts';
import { overview } from './overview.ts';
import { processes } from './processes.ts';
import { queues } from './queues.ts';
import { vault } from './vault.ts';

/** All dashboards of ours. `npm run dashboards` writes each to `ops/grafana/dashboards/<uid>.json`. */
export const dashboards: readonly Dashboard[] = [overview, queues, api, capture, vault, delivery, processes];
