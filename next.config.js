/** @type {import("next").NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  devIndicators: false,
  // `npm run check` checks the types of everything, tests included; a start should not wait for that.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["@kubernetes/client-node", "better-sqlite3", "pino", "undici"],
};
export default nextConfig;
