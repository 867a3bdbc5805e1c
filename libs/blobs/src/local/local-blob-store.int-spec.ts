import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InfrastructureError, NotFound, Refused } from '@vaultstream/contracts';
import { tempDir } from '@vaultstream/testing';
import { blobKey } from '../blob-key.ts';
import { describeBlobStore, sample } from '../compliance.ts';
import { LinkSigner } from '../links/link-signer.ts';
import { LocalBlobStore } from './local-blob-store.ts';

const links = new LinkSigner({ secretsKey: randomBytes(32), expiresS: 60 });
