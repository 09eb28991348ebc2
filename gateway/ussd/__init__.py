"""USSD: menus on any phone, one screen a hop, answered in the HTTP response."""
