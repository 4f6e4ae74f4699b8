/** Whether a path is below one of the allowed folders; by its text alone, symbolic links are not followed. No folder allows nothing. */
export function isAllowedPath(path: string, roots: readonly string[]): boolean {
  const normal = normalise(path);
  return roots.some((root) => {
    const base = normalise(root);
    return base !== null && normal !== null && (normal === base || normal.startsWith(under(base)));
  });
}

function under(base: string): string {
  return base === "/" ? base : `${base}/`;
}

/** Without `.`, `..` and doubled slashes; null when it is not absolute. */
function normalise(path: string): string | null {
  if (!path.startsWith("/")) return null;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return `/${segments.join("/")}`;
}
