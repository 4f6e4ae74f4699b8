-- CreateTable
CREATE TABLE "open_finding" (
    "cluster_id" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "next_step" TEXT NOT NULL,
    "opened_at" DATETIME NOT NULL,

    PRIMARY KEY ("cluster_id", "namespace", "name", "code")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "cluster_id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "attempts" INTEGER NOT NULL,
    "next_attempt_at" DATETIME NOT NULL,
    "ended_at" DATETIME,
    "last_error" TEXT
);

-- CreateIndex
CREATE INDEX "webhook_delivery_state_id_idx" ON "webhook_delivery"("state", "id");

-- CreateIndex
CREATE INDEX "timeline_item_age_idx" ON "timeline_item"("at", "id");
