"""Remarks on segments."""

from __future__ import annotations

from sqlalchemy import select

from shoal.errors import NotFoundError
from shoal.services.credentials import author_of
from shoal.services.lookup import dataset_named, segment_named
from shoal.services.runtime import Runtime
from shoal.store.catalog import Comment
from shoal.wire.segments import CommentBody, CommentCreate, CommentList


def _body(comment: Comment) -> CommentBody:
    return CommentBody(id=comment.id, author=comment.author, text=comment.text, created_at=comment.created_at)


def list_comments(runtime: Runtime, project: str, dataset: str, segment: str) -> CommentList:
    """Return the remarks on a segment, oldest first."""
    with runtime.catalog.read() as session:
        row = segment_named(session, dataset_named(session, project, dataset), segment)
        comments = session.scalars(
            select(Comment).where(Comment.segment_id == row.id).order_by(Comment.created_at, Comment.id)
        )
        return CommentList(items=[_body(comment) for comment in comments])


def add_comment(
    runtime: Runtime, project: str, dataset: str, segment: str, request: CommentCreate, *, author: str = ""
) -> CommentBody:
    """Add a remark to a segment."""
    with runtime.catalog.begin() as session:
        row = segment_named(session, dataset_named(session, project, dataset), segment)
        comment = Comment(segment_id=row.id, author=author_of(request.author, author), text=request.text)
        session.add(comment)
        session.flush()
        return _body(comment)


def delete_comment(runtime: Runtime, project: str, dataset: str, segment: str, comment: str) -> None:
    """Delete a remark."""
    with runtime.catalog.begin() as session:
        row = segment_named(session, dataset_named(session, project, dataset), segment)
        found = session.get(Comment, comment)
        if found is None or found.segment_id != row.id:
            raise NotFoundError(f"Segment {row.name!r} has no comment {comment!r}.")
        session.delete(found)
