/** Which of the services a pod is of, by its name; a service's name may begin with another's, so the longest one is meant. */
export function serviceOfPod(pod: string, services: readonly string[]): string | undefined {
  return services
    .filter((name) => pod.startsWith(`${name}-`))
    .sort((a, b) => b.length - a.length)[0];
}
