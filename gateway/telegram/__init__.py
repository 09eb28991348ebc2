"""Telegram: private chats with one bot, with buttons from the same options."""
