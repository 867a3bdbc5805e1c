import type { Row } from '../row.ts';
import { j3 } from './bare.ts';
import { j35 } from './chunks.ts';
import { c1 } from './collection-race.ts';
import { j17 } from './crash-points.ts';
import { j22 } from './dead-letters.ts';
import { j28 } from './flood.ts';
import { c3 } from './garbage.ts';
import { j14 } from './lost-listener.ts';
import { c8, j15 } from './object-store.ts';
import { j23 } from './one-address.ts';
import { j20, j20b } from './poison-pill.ts';
import { j11, j12 } from './postgres-crash.ts';
import { j4, j5, j6 } from './redis-loss.ts';
import { j7 } from './redis-outage.ts';
import { j8, j9 } from './redis-trouble.ts';
import { j24 } from './relays.ts';
import { j31 } from './schedules.ts';
import { j1, j2 } from './worker-kills.ts';
import { j19 } from './zombie.ts';

/** All rows; those of one kind of world follow each other. */
export const rows: readonly Row[] = [
  ...[j3, j20, j20b, j35],
  ...[j1, j5, j6, j7, j8, j9, j14, j15, j17, j19, j22, j23, j24, j28, j31, c8, c1, c3],
  ...[j4],
  ...[j2, j11, j12],
];
