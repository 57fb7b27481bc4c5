/** Remarks on a segment. */

import { ActionIcon, Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useAddComment, useComments, useDeleteComment } from "@/api/segments";
import { formatAgo, formatTime } from "@/core/dates";
import { IconTrash } from "@/ui/icons";
import { InlineProblem } from "@/ui/States";
import { useSegmentEdits } from "./edits";
import classes from "./SegmentPage.module.css";

const LONGEST = 10_000;

/** Comments, oldest first, and a field for the next. */
export function Comments() {
  const { place, segment, fail } = useSegmentEdits();
  const { data: comments, error } = useComments(place, segment.name);
  const remove = useDeleteComment(place, segment.name);
  return (
    <section className={classes.part} aria-label="Comments">
      <header className={classes.partHead}>
        <h2 className={classes.partTitle}>Comments</h2>
      </header>
      {error ? <InlineProblem error={error} /> : null}
      {comments?.length ? (
        <ul className={classes.comments}>
          {comments.map((comment) => (
            <li key={comment.id}>
              <div className={classes.commentHead}>
                {comment.author ? <strong className="user-text">{comment.author}</strong> : null}
                <time dateTime={comment.created_at} title={formatTime(comment.created_at)}>
                  {formatAgo(comment.created_at)}
                </time>
                <ActionIcon
                  size="sm"
                  aria-label="Delete comment"
                  onClick={() => remove.mutate(comment.id, { onError: fail })}
                >
                  <IconTrash size={14} />
                </ActionIcon>
              </div>
              <p className={`${classes.commentText} user-text`} dir="auto">
                {comment.text}
              </p>
            </li>
          ))}
        </ul>
      ) : null}
      <NewComment />
    </section>
  );
}

function NewComment() {
  const { place, segment, fail } = useSegmentEdits();
  const [text, setText] = useState("");
  const add = useAddComment(place, segment.name);
  const save = () => {
    if (!text.trim() || add.isPending) return;
    add.mutate({ text: text.trim() }, { onSuccess: () => setText(""), onError: fail });
  };
  return (
    <form
      className={classes.part}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Textarea
        aria-label="New comment"
        placeholder="Add a comment"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={LONGEST}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
        }}
      />
      {text.trim() ? (
        <Button type="submit" variant="default" loading={add.isPending}>
          Add comment
        </Button>
      ) : null}
    </form>
  );
}
