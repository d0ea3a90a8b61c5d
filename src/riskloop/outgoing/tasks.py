"""The jobs of this app; found by the library of jobs by the module's name."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from riskloop.outgoing import delivery as deliveries
from riskloop.outgoing import mail as mails
from riskloop.outgoing import webhooks
from riskloop.outgoing.jobs import every, job, rescue

KEPT_HOURS = 7 * 24
"""So long a job that is done stays to be looked at."""
FAILED_KEPT_HOURS = 90 * 24


@app.periodic(cron="* * * * *")
@app.task(name="outgoing.rescue", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 — the library's form
    """Every minute: the jobs of killed workers."""
    await rescue(context.app.job_manager)


@app.periodic(cron="17 3 * * *")
@app.task(name="outgoing.tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Every day: takes away old jobs, those that failed later than the others."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(nb_hours=KEPT_HOURS)
    await manager.delete_old_jobs(
        nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@every("* * * * *", "outgoing.gather_mail")
def gather_mail(timestamp: int) -> None:  # noqa: ARG001
    """Every minute: notices that are to go by e-mail."""
    mails.gather()


@job(mails.SEND)
def send_mail(mail: str) -> None:
    """One e-mail."""
    mails.send(mail)


@job(webhooks.DELIVER)
def deliver(delivery: str, attempt: int) -> None:
    """One attempt to deliver a message. One that fails writes the next down itself."""
    deliveries.deliver(delivery, attempt)
