"""A worker process of `mingzhang serve`: a request does not wait long for what else runs in it."""

import sys

import pytest
from flask import Flask

from api.serving import Server


@pytest.fixture
def switching():
    seconds = sys.getswitchinterval()
    yield
    sys.setswitchinterval(seconds)


@pytest.mark.usefixtures("switching")
def test_a_request_takes_its_turn_from_the_follower_within_its_own_time():
    assert sys.getswitchinterval() > 0.001
    app = Flask("a test")
    assert Server(lambda: app, "127.0.0.1", 0).load() is app
    assert sys.getswitchinterval() <= 0.001
