import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new, empty data directory that the database's service user can pass through, so that the cluster lies inside it. */
export function newDataDir(mode = 0o711): string {
  const path = mkdtempSync(join(tmpdir(), 'vaultstream-e2e-'));
  chmodSync(path, mode);
  return path;
}
