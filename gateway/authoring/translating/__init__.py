"""Texts out to translators and back: gettext PO and CSV, put into the YAML so that nothing else in it changes."""
