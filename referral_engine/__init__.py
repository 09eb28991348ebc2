"""Who can help, and what happens next: pure decisions about referrals.

A *referral* is one need of one person; a *leg* is one attempt with one provider. `model` names the words,
`lifecycle` decides every move, `match` ranks providers, `deadlines` and `calendars` say when something is
due. Nothing here reads a clock, a file or a database; callers carry out what is decided.
"""
