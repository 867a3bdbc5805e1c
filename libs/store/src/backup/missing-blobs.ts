import { withClient } from '../migrate/databases.ts';

/** Files that are asked for at the same time. */
const lanes = 8;

/**
 * The stored files of a database whose bytes are not there, or not all of them.
 * @param sizeOf Bytes of what is stored under a key; undefined when it is surely not there.
 */
export async function missingBlobs(
  url: string,
  sizeOf: (key: string) => Promise<number | undefined>,
): Promise<{ sha256: string; key: string }[]> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ sha256: string; key: string; size: number }>(
      `SELECT sha256, key, size::float8 AS size FROM blobs WHERE state IN ('live', 'condemned') ORDER BY sha256`,
    ),
  );
  const missing: { sha256: string; key: string }[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let row = rows[next++]; row !== undefined; row = rows[next++])
      if ((await sizeOf(row.key)) !== row.size) missing.push({ sha256: row.sha256, key: row.key });
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return missing;
}
