/** @type {import("next").NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  devIndicators: false,
  serverExternalPackages: ["@kubernetes/client-node", "better-sqlite3", "pino", "undici"],
};
export default nextConfig;
