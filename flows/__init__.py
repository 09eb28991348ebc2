"""Everything an operator edits: conversations, notices, country policies, the sample directory.

A folder of data, made a package so that the wheel carries it. Each conversation is a folder with `flow.yaml`
(states and the base language's text), one `text.<language>.yaml` a translation, and `transcripts/`: what a
person says, what we say, what we ask the world to do. `phrases.yaml` holds the machine's own words.
"""
