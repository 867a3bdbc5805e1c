import type { S3Client } from '@aws-sdk/client-s3';
import type { Deadline } from '../deadline.ts';
import type { S3Sdk } from './s3-client.ts';

/** What is changed of the SDK's request. */
interface SentRequest {
  query?: Record<string, string>;
  headers: Record<string, string>;
}

/**
 * Deletes an object, in one try, with a request that the store itself refuses once the deadline has passed (its signature expires): a process
 * that was paused while it sent, or a proxy that has held the request, can do no harm later. When it is answered, no other try is under way.
 */
export async function deleteWithin(
  client: S3Client,
  sdk: S3Sdk,
  object: { Bucket: string; Key: string },
  deadline: Deadline,
): Promise<void> {
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  deadline.assertOpen();
  const expiresIn = Math.max(1, Math.floor(deadline.leftMs / 1_000));
  const signed = await getSignedUrl(client, new sdk.DeleteObjectCommand(object), { expiresIn });
  const query = Object.fromEntries(new URL(signed).searchParams);
  const command = new sdk.DeleteObjectCommand(object);
  command.middlewareStack.add(
    (next) => {
      let sent: ReturnType<typeof next> | undefined;
      return (args) => {
        // The SDK's second try is answered with the first, which may still arrive.
        if (sent) return sent;
        const request = args.request as SentRequest;
        request.query = query;
        // The signature in the query covers none of these, and AWS refuses what it does not cover.
        for (const name of Object.keys(request.headers))
          if (name === 'authorization' || name.startsWith('x-amz-')) delete request.headers[name];
        deadline.assertOpen();
        sent = next(args);
        return sent;
      };
    },
    // After the SDK's own signing: nothing is between this and the socket.
    { step: 'deserialize', priority: 'low', name: 'deleteWithin' },
  );
  await client.send(command);
}
