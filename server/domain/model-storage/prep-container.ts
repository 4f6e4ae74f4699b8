import type { Container } from "./model-storage";
import { CACHE_VOLUME, MODELS_DIR, PREP_CONTAINER } from "./model-storage";
import { script } from "./shell";

/** Owner of the files in the downloader image when no group is wanted. */
const IMAGE_USER = 100;

/** Makes the cache's root writable for the downloader; needed where the volume's driver does not apply `fsGroup`. Only the root is touched. */
export function buildPrepContainer(image: string, fsGroup: number): Container {
  const steps =
    fsGroup > 0
      ? [`chown 0:${fsGroup} ${MODELS_DIR}`, `chmod g+rwx ${MODELS_DIR}`]
      : [`chown ${IMAGE_USER}:${IMAGE_USER} ${MODELS_DIR}`, `chmod 0770 ${MODELS_DIR}`];
  return {
    name: PREP_CONTAINER,
    image,
    command: ["sh", "-c", script(...steps)],
    volumeMounts: [{ name: CACHE_VOLUME, mountPath: MODELS_DIR }],
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: {
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { add: ["CHOWN", "FOWNER"], drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}
