import { saveFile, toCsv } from "@/components/table/csv";
import type { ServiceView } from "@/server/contract/service-view";
import { serviceCsvColumns } from "./service-csv";

/** Hands the services to the browser as a CSV file to save. */
export function exportServices(services: readonly ServiceView[]): void {
  saveFile("services.csv", toCsv(services, serviceCsvColumns), "text/csv");
}
