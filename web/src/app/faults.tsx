/** Pages for addresses that lead nowhere and for faults of the page itself. */

import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { ApiProblem } from "@/api/problem";
import { AppLink } from "@/ui/AppLink";
import { EmptyState, ErrorState } from "@/ui/States";

/** There is nothing at this address. */
export function MissingPage() {
  return (
    <EmptyState title="There is no such page" action={<AppLink href="/">All projects</AppLink>}>
      The address may be mistyped, or from another version of Shoal.
    </EmptyState>
  );
}

/** A view failed in a way it did not foresee; the rest goes on. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const problem =
    error instanceof ApiProblem
      ? error
      : new ApiProblem({
          type: "",
          title: "This page has a fault",
          status: 500,
          code: "page_fault",
          detail: error instanceof Error ? error.message : String(error),
          hint: "Nothing was changed on the server. Reloading usually helps; please report it.",
        });
  return (
    <ErrorState
      error={problem}
      onRetry={reset}
      action={
        <Button variant="default" onClick={() => location.reload()}>
          Reload
        </Button>
      }
    />
  );
}
