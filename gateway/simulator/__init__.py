"""A carrier and its phones on loopback: the outside world of demo and training mode, and of tests.

It speaks Africa's Talking's and Telegram's own HTTP, so that the real clients send to it, and it posts the
same callbacks to the gateway's doors. Nothing here can reach anything but this machine.
"""
