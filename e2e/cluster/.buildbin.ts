import { ensureBinaries } from "/work/main/e2e/cluster/binaries";
console.log(await ensureBinaries(console.log));
