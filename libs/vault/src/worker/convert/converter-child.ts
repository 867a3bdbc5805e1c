import { serveJobs } from '@vaultstream/runtime/async/child';
import type { ConvertRequest } from './protocol.ts';

/**
 * Program of the children that decode strangers' pictures; `ImageConverter` starts them. Runs as TypeScript (types stripped by Node) and
 * compiled, so it imports nothing else of the workspace. A child that cannot load the image library, or one that is safe, says so.
 */
serveJobs<ConvertRequest>(async () => {
  const [{ encode }, { encodePhoto }, { setUpImageLibrary }] = await Promise.all([
    import('./encode.ts'),
    import('./encode-photo.ts'),
    import('./image-library.ts'),
  ]);
  setUpImageLibrary();
  return (request) => ('preset' in request ? encodePhoto(request.bytes) : encode(request.bytes, request.quality));
});
