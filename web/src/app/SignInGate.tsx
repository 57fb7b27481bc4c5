/** What stands before every page where the server asks for a token and this browser has none. */

import { Button, PasswordInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useSession, useSignIn } from "@/api/session";
import { Command } from "@/ui/Command";
import { useTitle } from "@/ui/Page";
import { InlineProblem } from "@/ui/States";
import classes from "./SignInGate.module.css";

/** The page, or the way in. */
export function SignInGate({ children }: { children: ReactNode }) {
  const { data: session, isPending } = useSession();
  if (isPending) return null;
  // Where the server does not even tell, the page itself says what is wrong.
  return session?.requires_token && session.name === null ? <SignIn /> : children;
}

function SignIn() {
  useTitle("Sign in");
  const [token, setToken] = useState("");
  const signIn = useSignIn();
  return (
    <main className={classes.page}>
      <form
        className={classes.card}
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim()) signIn.mutate(token.trim());
        }}
      >
        <h1 className={classes.title}>
          <img src="/icon.svg" alt="" width={24} height={24} /> Sign in to Shoal
        </h1>
        <PasswordInput
          label="Token"
          description="It begins with shoal_."
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": "Show the token" }}
          data-autofocus
          autoFocus
        />
        {signIn.error ? <InlineProblem error={signIn.error} /> : null}
        <Button type="submit" loading={signIn.isPending} disabled={!token.trim()}>
          Sign in
        </Button>
        <p className={classes.help}>
          No token? Somebody who has one can make one for you under Settings. On the server's machine:
        </p>
        <Command text="shoal token create NAME --home FOLDER" />
      </form>
    </main>
  );
}
