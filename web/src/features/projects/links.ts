/** Addresses of projects. */

/** A project's own page. */
export function projectPath(project: string): string {
  return `/p/${encodeURIComponent(project)}`;
}
