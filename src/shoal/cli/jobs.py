"""`shoal jobs …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import AsJson, Home, Url
from shoal.cli.output import print_json, print_rows
from shoal.cli.place import connected
from shoal.cli.usage import examples, new_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shoal.client.jobs import Job

app = new_app("Jobs: long work on the server.")

JobId = Annotated[str, typer.Argument(help="Id of the job.")]


@app.command("list", epilog=examples("shoal jobs list", "shoal jobs list --state failed"))
def list_jobs(
    project: Annotated[str | None, typer.Option("--project", "-p", help="Of this project only.")] = None,
    state: Annotated[
        str | None, typer.Option(help="queued, running, succeeded, failed or cancelled.")
    ] = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """List jobs, newest first."""
    with connected(home, url) as shoal:
        _show(shoal.jobs.list(project=project, state=state), json)


@app.command("show", epilog=examples("shoal jobs show JOB"))
def show(job_id: JobId, home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """Show one job."""
    with connected(home, url) as shoal:
        _show([shoal.jobs[job_id]], json)


@app.command("wait", epilog=examples("shoal jobs wait JOB"))
def wait(job_id: JobId, home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """Wait until a job is done; an error of the job becomes the command's own."""
    with connected(home, url) as shoal:
        job = shoal.jobs[job_id]
        job.wait()
        _show([job], json)


@app.command("cancel", epilog=examples("shoal jobs cancel JOB"))
def cancel(job_id: JobId, home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """Stop a job; what it had prepared is discarded."""
    with connected(home, url) as shoal:
        _show([shoal.jobs[job_id].cancel()], json)


@app.command("retry", epilog=examples("shoal jobs retry JOB"))
def retry(job_id: JobId, home: Home = None, url: Url = None, json: AsJson = False) -> None:
    """Start a failed job again and wait until it is done."""
    with connected(home, url) as shoal:
        job = shoal.jobs[job_id].retry()
        job.wait()
        _show([job], json)


def _show(jobs: Sequence[Job], as_json: bool) -> None:
    rows = [job.to_dict() for job in jobs]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["error"] = row["error"]["detail"] if row["error"] else None
    print_rows(rows, ["id", "kind", "state", "step", "project", "created_at", "error"], empty="No jobs.")
