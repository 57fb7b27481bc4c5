/** Tokens: who may come in from other machines, who came last, and how to let somebody in or out. */

import { Button } from "@mantine/core";
import { useState } from "react";
import { useSession, useSignOut } from "@/api/session";
import { useRevokeToken, useTokens } from "@/api/tokens";
import type { TokenBody } from "@/api/types";
import { formatAgo, formatTime } from "@/core/dates";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { type Column, DataTable } from "@/ui/DataTable";
import { Section } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { NewToken } from "./NewToken";
import classes from "./SettingsPage.module.css";

/** The part of the settings page. */
export function Tokens() {
  const { data: session } = useSession();
  const tokens = useTokens();
  const [isMaking, setIsMaking] = useState(false);
  const [leaving, setLeaving] = useState<TokenBody | null>(null);
  return (
    <Section
      name="Tokens"
      actions={
        <Button variant="default" onClick={() => setIsMaking(true)}>
          New token
        </Button>
      }
    >
      <p className={classes.dim}>
        {session?.requires_token
          ? "This server answers only those who have a token: people in the browser, programs and scripts."
          : "This server answers this machine alone and asks for no token. Served with --host 0.0.0.0 or --require-token it asks everyone for one."}
      </p>
      {session?.name ? <SignedIn name={session.name} expires_at={session.expires_at} /> : null}
      {tokens.isPending ? <LoadingState label="Loading tokens" /> : null}
      {tokens.error ? <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} /> : null}
      {tokens.data?.length ? (
        <DataTable
          label="Tokens"
          columns={columnsOf(setLeaving)}
          rows={tokens.data}
          rowKey={({ id }) => id}
          isMarked={({ name }) => name === session?.name}
        />
      ) : null}
      {tokens.data?.length === 0 ? <p className={classes.dim}>No token yet.</p> : null}
      <NewToken opened={isMaking} onClose={() => setIsMaking(false)} />
      <Revoke token={leaving} isOwn={leaving?.name === session?.name} onClose={() => setLeaving(null)} />
    </Section>
  );
}

function SignedIn({ name, expires_at }: { name: string; expires_at: string | null }) {
  const signOut = useSignOut();
  const { fail } = useToasts();
  return (
    <div className={classes.signedIn}>
      <span>
        Signed in with <strong className="user-text">{name}</strong>
        {expires_at ? `, until ${formatTime(expires_at)}` : ""}
      </span>
      <Button
        variant="subtle"
        color="gray"
        loading={signOut.isPending}
        onClick={() => signOut.mutate(undefined, { onError: fail })}
      >
        Sign out
      </Button>
    </div>
  );
}

function columnsOf(revoke: (token: TokenBody) => void): readonly Column<TokenBody>[] {
  return [
    { key: "name", head: "Name", cell: ({ name }) => <strong className="user-text">{name}</strong> },
    {
      key: "ending",
      head: "Ends in",
      width: "90px",
      cell: ({ ending }) => <span className={classes.code}>…{ending}</span>,
    },
    {
      key: "made",
      head: "Made",
      width: "170px",
      cell: ({ created_at, created_by }) => (
        <>
          <Ago iso={created_at} />
          {created_by ? <span className={classes.dim}> by {created_by}</span> : null}
        </>
      ),
    },
    {
      key: "used",
      head: "Last used",
      width: "120px",
      cell: ({ last_used_at }) => (last_used_at ? <Ago iso={last_used_at} /> : "never"),
    },
    {
      key: "expires",
      head: "Expires",
      width: "150px",
      cell: ({ expires_at, is_expired }) =>
        expires_at === null ? (
          "never"
        ) : (
          <span data-tone={is_expired ? "bad" : undefined} className={classes.toned}>
            {is_expired ? "✗ expired " : ""}
            {formatTime(expires_at)}
          </span>
        ),
    },
    {
      key: "actions",
      head: <span className="visually-hidden">Actions</span>,
      width: "90px",
      cell: (token) => (
        <Button
          variant="subtle"
          color="red"
          size="compact-sm"
          aria-label={`Revoke ${token.name}`}
          onClick={() => revoke(token)}
        >
          Revoke
        </Button>
      ),
    },
  ];
}

function Ago({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={formatTime(iso)}>
      {formatAgo(iso)}
    </time>
  );
}

interface RevokeProps {
  readonly token: TokenBody | null;
  readonly isOwn: boolean;
  readonly onClose: () => void;
}

function Revoke({ token, isOwn, onClose }: RevokeProps) {
  const revoke = useRevokeToken();
  const { tell, fail } = useToasts();
  return (
    <ConfirmDialog
      opened={token !== null}
      title={`Revoke token ${token?.name ?? ""}?`}
      action="Revoke token"
      isBusy={revoke.isPending}
      onClose={onClose}
      onConfirm={() => {
        if (token === null) return;
        revoke.mutate(token.id, {
          onSuccess: () => tell({ text: `Revoked token ${token.name}.` }),
          onError: fail,
          onSettled: onClose,
        });
      }}
    >
      {isOwn
        ? "You are signed in with it: this browser will be asked for another one."
        : "Whoever uses it is refused from now on. This cannot be undone; a new token can be made at any time."}
    </ConfirmDialog>
  );
}
