-- DropIndex
DROP INDEX "blobs_key_key";

-- CreateIndex
CREATE INDEX "blobs_key_idx" ON "blobs"("key");
