"""A whole district at full size: time and memory of one pass over all firms and all rule books."""

import pytest

from tests.benchmarks import assess


@pytest.mark.proof
def test_every_firm_of_a_large_district_is_judged_in_time():
    done = assess.measure(150_000)
    assert done.seconds <= assess.MOST_SECONDS and done.memory <= assess.MOST_MEMORY
    # The pass by hand says the same of complete firms, but where a quotient of floats misses a border.
    assert done.differ <= done.exact["tech_sme"] // 100
