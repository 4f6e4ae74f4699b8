-- AlterTable
ALTER TABLE "attachment" ADD COLUMN "previous_persistence" TEXT;
