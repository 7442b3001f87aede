"""How many bytes a request of the demo world is answered with, and the most that can come to."""

from __future__ import annotations

import numpy as np

from tallystick.demo.world.chance import Words
from tallystick.demo.world.portions import Integers

HEAD, HEAD_SPREAD = 180, 120
EACH, EACH_SPREAD = 300, 100
REFUSAL, REFUSAL_SPREAD = 60, 60


def response_bytes(status: Integers, records: Integers, choice: Words) -> Integers:
    """Bytes of the answer: a head, and so many for each record; little for what did not succeed."""
    low = ((choice >> np.uint64(16)) & np.uint64(1023)).astype(np.int64)
    high = ((choice >> np.uint64(26)) & np.uint64(1023)).astype(np.int64)
    answer = HEAD + low % HEAD_SPREAD + records * (EACH + high % EACH_SPREAD)
    return np.where(status == 200, answer, REFUSAL + low % REFUSAL_SPREAD)


def most_bytes(requests: int, records: int) -> int:
    """A bound on the bytes that so many requests with so many records are answered with."""
    return requests * (HEAD + HEAD_SPREAD) + records * (EACH + EACH_SPREAD)
