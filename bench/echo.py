"""The baseline: a bare Flask form echo, on the server and with the threads of the gateway."""

from flask import Flask, request


def app() -> Flask:
    """What the server loads."""
    echoing = Flask(__name__)

    @echoing.post("/echo")
    def echo() -> tuple[str, int, dict[str, str]]:
        return f"CON {request.form['text']}", 200, {"Content-Type": "text/plain"}

    return echoing
