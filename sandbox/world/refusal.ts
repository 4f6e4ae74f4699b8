/** Whether the API server will not have such an object, however often it is tried: forbidden by a policy, or invalid. */
export function isRefusal(error: Error): boolean {
  const { code } = (error as { status?: { code?: number } }).status ?? {};
  return code === 403 || code === 422;
}
