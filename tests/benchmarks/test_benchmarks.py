"""The rig in its smallest form: it measures nothing here, but it must run, so that it never rots."""

import pytest

from tests.benchmarks.__main__ import FIGURES, table
from tests.benchmarks.measuring import SMALLEST, Sample, percentile, rate_ratio


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_can_be_measured(name):
    figure = FIGURES[name](SMALLEST)
    assert figure.name == name
    assert figure.ours > 0
    assert figure.floor is None or figure.floor > 0
    assert name in table([figure])
    assert f'"name": "{name}"' in figure.as_json()


def test_half_the_work_in_the_same_time_is_half_the_rate():
    ours, floor = (
        [Sample(50, 2.0), Sample(10, 1.0), Sample(90, 1.0)],
        [Sample(100, 2.0), Sample(100, 1.0), Sample(90, 1.0)],
    )
    assert rate_ratio(ours, floor) == 0.5


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (99, 99), (100, 100)])
def test_a_percentile_is_one_of_the_values(percent, expected):
    assert percentile(range(100, 0, -1), percent) == expected
