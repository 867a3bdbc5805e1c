import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InfrastructureError } from '@vaultstream/contracts';
import { eventually, ownS3IsHere, TestS3 } from '@vaultstream/testing';
import { sample } from '../../test/compliance.ts';
import { s3Rig } from '../../test/s3.ts';
import { StorageHealth } from '../storage-health.ts';

(ownS3IsHere() ? describe : describe.skip)('J15: an S3 that goes away and comes back', () => {
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await TestS3.start();
  }, 60_000);
  afterAll(() => s3.remove());

  it('is an infrastructure error meanwhile, for all and everything; then all is stored, and nothing was lost', async () => {
    const rig = s3Rig(s3);
    const store = rig.open({}, { connectMs: 500, answerMs: 1_000 });
    const before = sample();
    await store.put(before.key, before.bytes, before.facts);
    const blobs = Array.from({ length: 100 }, () => sample(5_000));
    const put = ({ key, bytes, facts }: (typeof blobs)[number]) => store.put(key, bytes, facts);
    for (const outage of ['killed', 'silent']) {
      if (outage === 'killed') await s3.kill();
      else s3.pause();
      const puts = await Promise.allSettled(blobs.slice(0, outage === 'killed' ? 100 : 5).map(put));
      for (const result of puts)
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(InfrastructureError) });
      await expect(store.head(before.key)).rejects.toBeInstanceOf(InfrastructureError);
      await expect(store.delete(before.key)).rejects.toBeInstanceOf(InfrastructureError);
      await expect(new StorageHealth(store).check()).rejects.toThrow(/the object store|the connection|in time/);
      const patient = new StorageHealth(rig.open());
      if (outage === 'silent') await expect(patient.check()).rejects.toThrow('blob storage does not answer in time');
      // A process that starts meanwhile starts, and finds its store when it is back.
      const late = rig.open({}, { connectMs: 500, answerMs: 1_000 });
      await expect(late.check()).rejects.toBeInstanceOf(InfrastructureError);
      if (outage === 'killed') await s3.start();
      else s3.resume();
      await eventually(() => late.check());
      await eventually(async () => expect(await late.head(before.key)).toEqual({ size: 1_000 }));
    }
    // With the usual patience: this machine may be busy.
    const back = rig.open();
    await Promise.all(blobs.map(({ key, bytes, facts }) => back.put(key, bytes, facts)));
    const listed = new Map<string, number>();
    for await (const { key, size } of store.list('blobs/')) listed.set(key, size);
    expect(listed.size).toBe(101);
    for (const { key } of blobs) expect(listed.get(key)).toBe(5_000);
    rig.client.destroy();
  }, 120_000);
});
