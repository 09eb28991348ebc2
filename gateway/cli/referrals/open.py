"""`gateway referrals open`: a caseworker asks for help in somebody's name."""

from __future__ import annotations

import click

from gateway.cli.people.opening import at_the_desk, person_of


@click.command("open")
@click.argument("reference")
@click.argument("need")
@click.option("--area", default="", help="The P-code of where help is needed; else where they want to live.")
@click.option("--provider", default="", help="The code of the provider to ask; else the best.")
@click.option("--as", "member", required=True, help="The code of the caseworker who asks.")
def command(reference: str, need: str, area: str, provider: str, member: str) -> None:
    """Open a request for NEED (a code, as health) in the name of whoever has REFERENCE.

    Where they have not agreed to share, it is kept as a draft, and opens by itself once they do.
    """
    from gateway.enact.requesting.opening import open_for
    from gateway.registry import short_code
    from gateway.store import staff

    with at_the_desk() as work:
        if need not in work.policy.services:
            raise click.BadParameter(f"one of {', '.join(sorted(work.policy.services))}", param_hint="NEED")
        if area and all(place.code != area for place in work.policy.gazetteer.places):
            raise click.BadParameter("the P-code of a place that the policy knows", param_hint="--area")
        asking = next((each for each in staff.active(work.tx) if each.code == member), None)
        if asking is None:
            raise click.ClickException(f"Nobody of the staff has the code {member}.")
        result = open_for(work, asking, person_of(work, reference), need, area, provider)
    code = str(result.values.get("code", ""))
    match result.outcome:
        case "requested":
            click.echo(f"{short_code.shown(code)}: sent.")
        case "draft":
            click.echo("Kept as a draft: it opens once they agree to share their details.")
        case "already_open":
            click.echo(f"{short_code.shown(code) if code else 'A draft'} is open for this need already.")
        case refused:
            raise click.ClickException(_REFUSALS[refused])


_REFUSALS = {
    "no_provider": "Nobody can take it now; see: gateway referrals providers.",
    "unfit": "That provider cannot take it now; see: gateway referrals providers.",
    "not_registered": "Nobody who finished registering and lives has this reference.",
    "far": "The area is not one that this caseworker works for.",
}
