-- AlterTable
ALTER TABLE "bot_configs" ADD COLUMN     "disabled_reason" TEXT;

-- CreateTable
CREATE TABLE "bot_files" (
    "bot_config_id" UUID NOT NULL,
    "blob_key" TEXT NOT NULL,
    "file_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bot_files_pkey" PRIMARY KEY ("bot_config_id","blob_key")
);

-- AddForeignKey
ALTER TABLE "bot_files" ADD CONSTRAINT "bot_files_bot_config_id_fkey" FOREIGN KEY ("bot_config_id") REFERENCES "bot_configs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
