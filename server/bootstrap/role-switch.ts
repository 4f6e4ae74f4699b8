/** Begins what a role does; the returned function ends it and resolves when nothing of it runs any more. */
export type Role = () => () => Promise<void>;

export interface RoleSwitch<R extends string> {
  /** Resolves when the role is played, or a later change has made it another. */
  to(role: R | null): Promise<void>;
}

/** Plays one of several roles at a time: the next one begins only when everything of the last has ended. */
export function createRoleSwitch<R extends string>(
  roles: Readonly<Record<R, Role>>,
  onError: (error: unknown) => void,
): RoleSwitch<R> {
  let wanted: R | null = null;
  let played: { readonly role: R; readonly end: () => Promise<void> } | null = null;
  let changing: Promise<void> = Promise.resolve();
  const change = async () => {
    if (played?.role === wanted) return;
    const { end } = played ?? {};
    played = null;
    try {
      await end?.();
    } catch (error) {
      onError(error);
    }
    if (wanted === null) return;
    try {
      // What was wanted may have changed while the last role ended.
      played = { role: wanted, end: roles[wanted]() };
    } catch (error) {
      onError(error);
    }
  };
  return {
    to(role) {
      wanted = role;
      changing = changing.then(change);
      return changing;
    },
  };
}
