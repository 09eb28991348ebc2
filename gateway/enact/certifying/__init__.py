"""Certificates: their one path of statuses, what holders read, cards."""
