"""Why a request had no answer, in words for a person: the libraries' own words hold the whole address."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import Any

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError, ProtocolError


def explain(err: Exception, *, read_s: float, call_s: float, late: bool) -> tuple[str, bool]:
    """What happened, and whether asking again may help; ``late``: the call's own time is over."""
    cause: Any = err.args[0] if err.args else err
    cause = getattr(cause, "reason", None) or cause
    inner = cause.args[-1] if isinstance(cause, Exception) and cause.args else cause
    if late:
        return f"no whole answer within {call_s:.0f} seconds", False
    if isinstance(err, requests.exceptions.SSLError):
        told = getattr(inner, "verify_message", None) or inner
        return f"no safe connection: {told}", isinstance(inner, ssl.SSLEOFError)
    if isinstance(err, requests.ConnectTimeout):
        return "the host does not answer", True
    if isinstance(err, requests.ReadTimeout):
        return f"no answer within {read_s:.0f} seconds", True
    if isinstance(cause, NameResolutionError):
        known = getattr(cause.__cause__, "errno", None) != socket.EAI_AGAIN
        return "the host's name is not known" if known else "the host's name cannot be looked up now", not known
    if isinstance(cause, ProtocolError):
        if isinstance(inner, http.client.HTTPException) and not isinstance(inner, http.client.RemoteDisconnected):
            return "what answered does not speak HTTP", False
        return "the connection was closed before an answer came", True
    if isinstance(err, requests.ConnectionError):
        return f"no connection: {str(cause).rpartition(': ')[2]}", True
    return f"the request cannot be sent ({type(err).__name__})", False


def unconnected(err: Exception) -> bool:
    """Whether no connection came about, so that nothing was asked."""
    cause: Any = err.args[0] if err.args else err
    return isinstance(err, requests.ConnectTimeout) or isinstance(getattr(cause, "reason", None), NewConnectionError)
