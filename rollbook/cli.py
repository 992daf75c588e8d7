"""The commands: each a short function that reads its options, calls one verb, and prints what it did.

Nothing heavy is imported before a command needs it, so that ``rollbook --help`` answers at once.
"""

from __future__ import annotations

import errno
import sys
from datetime import date
from pathlib import Path

import click

import rollbook.settingup  # noqa: F401 - its commands declare themselves
from rollbook.arguments import DAY, LIMIT, command, json_option, main_group, moment_of, workspace_of
from rollbook.errors import ConfigError, RollbookError

#: The exit code of a run that was ended from the keyboard, as shells have it: 128 + SIGINT.
INTERRUPTED = 130
#: A full disk, of the machine or of whoever runs the command.
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
#: What the machine refuses whoever runs the command, and no defect of ours.
_REFUSED = _FULL | {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


@command("rollbook -w my-district audit --time-limit 55m")
@click.option(
    "--time-limit",
    "limit_s",
    type=LIMIT,
    help="Stop between two steps after this time, like 55m; the next run goes on.",
)
@click.option("--format", "formats", default="html", show_default=True, help="Formats of the report, like html,csv.")
@json_option
@click.pass_context
def audit(context: click.Context, limit_s: float | None, formats: str, as_json: bool) -> int:
    """Collect, analyze and report: the main job, and the only line a scheduler needs."""
    from rollbook.running import run_audit

    return run_audit(workspace_of(context), limit_s, _formats(formats), as_json=as_json)


@command("rollbook -w my-district collect --account bluesky:school.example")
@click.option("--account", "accounts", multiple=True, help="Only this account; may be repeated.")
@click.option("--since", type=DAY, help="Read everything made since this day again.")
@click.option("--full", is_flag=True, help="Read every account's whole history again.")
@click.option("--time-limit", "limit_s", type=LIMIT, help="Stop between two pages after this time.")
@json_option
@click.pass_context
def collect(
    context: click.Context,
    accounts: tuple[str, ...],
    since: date | None,
    full: bool,
    limit_s: float | None,
    as_json: bool,
) -> int:
    """Pull what is new, changed or gone into the archive."""
    from rollbook.running import run_collect

    return run_collect(workspace_of(context), accounts, since, full, limit_s, as_json=as_json)


@command("rollbook -w my-district import outbox-export.zip --account mastodon:office@social.example", name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--account", required=True, help="Whose export it is: the key of a row of accounts.csv.")
@click.option(
    "--did-document", "document", type=click.Path(path_type=Path),
    help="Bluesky: the account's DID document, instead of asking the network for it.",
)
@json_option
@click.pass_context
def import_(context: click.Context, file: Path, account: str, document: Path | None, as_json: bool) -> int:
    """Take in the export that an account's owner downloaded: public posts, nothing else."""
    from rollbook.running import run_import

    return run_import(workspace_of(context), file, account, document, as_json=as_json)


@command("rollbook -w my-district analyze")
@click.option("--all", "everything", is_flag=True, help="Judge every post again.")
@json_option
@click.pass_context
def analyze(context: click.Context, everything: bool, as_json: bool) -> int:
    """Run the rules over what is new, or whose rule, policy or register changed."""
    from rollbook.running import run_analyze

    return run_analyze(workspace_of(context), everything, as_json=as_json)


@command("rollbook -w my-district scan posts.jsonl --cleared -o findings.jsonl")
@click.argument("posts", type=click.Path(path_type=Path))
@click.option("--cleared", is_flag=True, help="Also write what was looked at and cleared.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@click.option("--explain", metavar="POST", help="Say of this post, step by step, why each rule did or did not fire.")
@click.pass_context
def scan(context: click.Context, posts: Path, cleared: bool, output: Path | None, explain: str | None) -> int:
    """Run the rules alone over a file of posts, with the workspace's registers: findings as JSON lines."""
    from rollbook.judging import run_explain, run_scan

    if explain is not None:
        return run_explain(workspace_of(context), posts, explain)
    return run_scan(workspace_of(context), posts, output, cleared=cleared)


@command("rollbook -w my-district calibrate reports/2026-10-findings.csv")
@click.argument("decisions", required=False, type=click.Path(path_type=Path))
@click.option("--posts", type=click.Path(path_type=Path), help="The posts, where they are in a file and no archive.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would be learned, and leave everything as it is.")
@click.option("--forget", "forgets", is_flag=True, help="Judge as the program came again.")
@json_option
@click.pass_context
def calibrate(
    context: click.Context, decisions: Path | None, posts: Path | None, dry: bool, forgets: bool, as_json: bool
) -> int:
    """Learn from reviewers' decisions how much the language model's word is worth here.

    DECISIONS is a report's CSV of findings with a column "decision" added, or any CSV or XLSX with the columns post,
    rule and decision: confirmed, dismissed, or missed where a rule found nothing and should have. Nothing leaves this
    machine.
    """
    from rollbook.judging import run_calibrate, run_forget

    if forgets == (decisions is not None):
        raise click.UsageError("name a file of decisions, or --forget", context)
    if decisions is None:
        return run_forget(workspace_of(context))
    return run_calibrate(workspace_of(context), decisions, posts, dry=dry, as_json=as_json)


@command("rollbook -w my-district report --since 2026-10-05 --until 2026-10-17 --format html,csv")
@click.option("--since", type=DAY, help="First day of the period; the last report's end when left out.")
@click.option("--until", type=DAY, help="The day after the period; now when left out.")
@click.option(
    "--format", "formats", default="html", show_default=True, help="html, csv, xlsx, json; several with commas."
)
@click.option("--show-faces", is_flag=True, help="Do not blur faces in the pictures' small copies.")
@json_option
@click.pass_context
def report(
    context: click.Context, since: date | None, until: date | None, formats: str, show_faces: bool, as_json: bool
) -> int:
    """Write the report of a period."""
    from rollbook.running import run_report

    workspace = workspace_of(context)
    period = (moment_of(workspace, since), moment_of(workspace, until))
    return run_report(workspace, period, _formats(formats), blurred=not show_faces, as_json=as_json)


def _formats(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


@command("rollbook -w my-district search 'field trip' --since 2026-10-01")
@click.argument("query")
@click.option("--account", help="Only this account.")
@click.option("--since", type=DAY, help="Posts made on or after this day.")
@click.option("--until", type=DAY, help="Posts made before this day.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many versions.")
@json_option
@click.pass_context
def search(
    context: click.Context,
    query: str,
    account: str | None,
    since: date | None,
    until: date | None,
    limit: int,
    as_json: bool,
) -> int:
    """Find posts, every version of them: all the words, "a phrase" in quotes, a beginning*."""
    from rollbook.reading import print_search

    workspace = workspace_of(context)
    period = (moment_of(workspace, since), moment_of(workspace, until))
    return print_search(workspace, query, account, period, limit, as_json=as_json)


@command("rollbook -w my-district show 'mastodon:https://social.example/users/band/statuses/1'")
@click.argument("post")
@json_option
@click.pass_context
def show(context: click.Context, post: str, as_json: bool) -> int:
    """Show one post with every version, its captures and findings."""
    from rollbook.reading import print_post

    return print_post(workspace_of(context), post, as_json=as_json)


@command("rollbook -w my-district verify --quick")
@click.option("--quick", is_flag=True, help="Only what came since the last clean check, and every file's size.")
@json_option
@click.pass_context
def verify(context: click.Context, quick: bool, as_json: bool) -> int:
    """Check the whole archive: captures, media, ledger and database."""
    from rollbook.running import run_verify

    return run_verify(workspace_of(context), quick=quick, as_json=as_json)


@command("rollbook -w my-district rebuild")
@click.pass_context
def rebuild(context: click.Context) -> int:
    """Make the database again from ledger, captures and media."""
    from rollbook.running import run_rebuild

    return run_rebuild(workspace_of(context))


@command("rollbook parse mastodon statuses.json")
@click.argument("network")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--account", default="", help="Whose page it is, network:handle; an invented one when left out.")
@click.option("--url", default="", help="The address that it came from, for relative links.")
def parse(network: str, files: tuple[Path, ...], account: str, url: str) -> int:
    """Print what recorded pages yield: posts as JSON lines, and on standard error what could not be read."""
    from rollbook.parsing import parse_files
    from rollbook.telling import complain

    return 1 if parse_files(network, files, click.echo, complain, account=account, url=url) else 0


def main() -> None:
    """Runs a command; an error is one sentence on standard error and the exit code of its kind."""
    try:
        result = main_group.main(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.exceptions.Abort as err:
        click.echo(f"rollbook: ended from the keyboard; {str(err) or 'what was acknowledged is kept'}", err=True)
        sys.exit(INTERRUPTED)
    except click.NoSuchOption as err:
        misplaced = f"{err.option_name} stands before the command: rollbook -w my-district audit"
        (click.UsageError(misplaced, err.ctx) if err.option_name in ("-w", "--workspace") else err).show()
        sys.exit(ConfigError.exit_code)
    except click.ClickException as err:
        err.show()
        sys.exit(ConfigError.exit_code)
    except RollbookError as err:
        from rollbook.telling import complain

        complain(str(err))
        sys.exit(err.exit_code)
    except BrokenPipeError:  # the reader of a pipe went away: nothing to tell it
        sys.stderr.close()
        sys.exit(0)
    except OSError as err:
        if err.errno not in _REFUSED:
            raise
        click.echo(f"rollbook: {err.filename or 'a file'}: {err.strerror}; nothing more could be done", err=True)
        sys.exit(RollbookError.exit_code if err.errno in _FULL else ConfigError.exit_code)


