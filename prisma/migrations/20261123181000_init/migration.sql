-- CreateTable
CREATE TABLE "attachment" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "cluster_id" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "service_uid" TEXT NOT NULL,
    "claim_name" TEXT,
    "persistence" TEXT,
    "previous_claim_name" TEXT,
    "actor" TEXT NOT NULL,
    "actor_groups" TEXT NOT NULL,
    "comment" TEXT,
    "write_anyway" BOOLEAN NOT NULL,
    "take_ownership" BOOLEAN NOT NULL,
    "idempotency_key" TEXT,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "closed_at" DATETIME,
    "open_key" TEXT
);

-- CreateTable
CREATE TABLE "attachment_transition" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "cluster_id" TEXT NOT NULL,
    "attachment_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "from_state" TEXT,
    "to_state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    CONSTRAINT "attachment_transition_attachment_id_fkey" FOREIGN KEY ("attachment_id") REFERENCES "attachment" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "timeline_item" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "cluster_id" TEXT NOT NULL,
    "service_namespace" TEXT NOT NULL,
    "service_name" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "source" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "namespace" TEXT,
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "actor" TEXT
);

-- CreateTable
CREATE TABLE "history_mark" (
    "cluster_id" TEXT NOT NULL PRIMARY KEY,
    "recorded_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "attachment_open_key_key" ON "attachment"("open_key");

-- CreateIndex
CREATE INDEX "attachment_cluster_id_namespace_name_id_idx" ON "attachment"("cluster_id", "namespace", "name", "id");

-- CreateIndex
CREATE INDEX "attachment_cluster_id_id_idx" ON "attachment"("cluster_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "attachment_cluster_id_actor_idempotency_key_key" ON "attachment"("cluster_id", "actor", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "attachment_transition_attachment_id_sequence_key" ON "attachment_transition"("attachment_id", "sequence");

-- CreateIndex
CREATE INDEX "timeline_item_page_idx" ON "timeline_item"("cluster_id", "service_namespace", "service_name", "at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "timeline_item_dedupe_key" ON "timeline_item"("cluster_id", "service_namespace", "service_name", "dedupe_key");

