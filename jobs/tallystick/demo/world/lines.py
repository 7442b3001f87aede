"""Requests as the text of a log: gateway JSON lines and nginx combined lines, a chunk of columns at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallystick.demo.world.amounts import response_bytes
from tallystick.demo.world.arrivals import Arrivals
from tallystick.demo.world.chance import Words, mix
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.roster import ROSTER
from tallystick.demo.world.routes import ROUTES
from tallystick.period import DAY_US

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
USERS = 500
"""How many people use an app that is used for people."""
ID_SALT, PATH_SALT = np.uint64(0xE7037ED1A0B428DB), np.uint64(0x8EBC6AF09C88C6E3)
OBJECTS = np.uint64(5_000_011)

CLOCK = np.array(
    [f"{hour:02}:{minute:02}:{second:02}" for hour in range(24) for minute in range(60) for second in range(60)],
    dtype="S8",
)
THOUSAND = np.array([f"{number:03}" for number in range(1000)], dtype="S3")
HEX = np.array([f"{number:04x}" for number in range(65536)], dtype="S4")


@dataclass(frozen=True, kw_only=True)
class _Pieces:
    """The parts of a line that repeat, each a table to take from by number."""

    client: pa.Array
    caller: pa.Array
    user: pa.Array
    first_user: Integers
    before_path: pa.Array
    after_path: pa.Array
    tail: pa.Array
    remote: pa.Array
    request_line: pa.Array
    after_request: pa.Array
    agent: pa.Array


def _json(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _path(template: str) -> tuple[str, str]:
    """A template before and after its one parameter; without one, the whole and nothing."""
    before, _, rest = template.partition("{")
    return before, rest.partition("}")[2]


def _pieces() -> _Pieces:
    users, first_user = ["null"], []
    for app in ROSTER.apps:
        first_user.append(len(users) if app.has_users else 0)
        if app.has_users:
            users += [_json(f"{app.id}:u{number:03}") for number in range(USERS)]
    agents = [ROSTER.apps[app].agent for app in ROSTER.app_of_caller.tolist()]
    called = list(zip(ROSTER.callers, agents, strict=True))
    paths = [(route, *_path(route.template)) for route in ROUTES]
    return _Pieces(
        client=pa.array([f'","client":{_json(caller.shown)},"user":' for caller, _ in called]),
        caller=pa.array(
            [
                f',"tenant":{_json(caller.tenant)},"ip":{_json(caller.address)},"agent":{_json(agent)},"method":'
                for caller, agent in called
            ]
        ),
        user=pa.array(users),
        first_user=np.array(first_user, dtype=np.int64),
        before_path=pa.array(
            [f'{_json(route.method)},"route":{_json(route.template)},"path":"{before}' for route, before, _ in paths]
        ),
        after_path=pa.array([f'{after}","status":' for _, _, after in paths]),
        tail=pa.array([f',"referer":{_json(app.referer)}}}\n' for app in ROSTER.apps]),
        remote=pa.array([f"{caller.address} - {caller.shown or '-'} [" for caller, _ in called]),
        request_line=pa.array([f' +0000] "{route.method} {before}' for route, before, _ in paths]),
        after_request=pa.array([f'{after}{route.query} HTTP/1.1" ' for route, _, after in paths]),
        agent=pa.array([f' "{app.referer or "-"}" "{app.agent}"\n' for app in ROSTER.apps]),
    )


PIECES = _pieces()
HAS_PARAMETER = pa.array(["{" in route.template for route in ROUTES])


def gateway_lines(
    chunk: Arrivals, *, host: str, epochs: tuple[str, ...], epoch: Integers, numbers: Integers
) -> memoryview:
    """The chunk as JSON lines of one host, in the order given, each with its number in one of the host's epochs."""
    caller, route = pa.array(chunk.caller), pa.array(chunk.route)
    user = PIECES.first_user[chunk.app]
    user += (user > 0) * (chunk.chance >> np.uint64(11)).astype(np.int64) % USERS * (user > 0)
    is_posting = np.array([one.method == "POST" for one in ROUTES])[chunk.route]
    low = ((chunk.chance >> np.uint64(3)) & np.uint64(0xFFFF)).astype(np.int64)
    origins = pa.array([f'Z","host":"{host}","epoch":"{name}","seq":' for name in epochs])
    return _joined(
        '{"time":"',
        _instants(chunk.received_us),
        origins.take(pa.array(epoch)),
        _numbers(numbers),
        ',"request_id":"',
        _hex(mix(chunk.choice ^ ID_SALT)),
        PIECES.client.take(caller),
        PIECES.user.take(pa.array(user)),
        PIECES.caller.take(caller),
        PIECES.before_path.take(route),
        _objects(chunk.choice, route),
        PIECES.after_path.take(route),
        _numbers(chunk.status),
        ',"records":',
        _numbers(chunk.records),
        ',"bytes_out":',
        _numbers(response_bytes(chunk.status, chunk.records, chunk.choice)),
        ',"bytes_in":',
        _numbers((80 + low % 220) * is_posting),
        ',"duration_us":',
        _numbers(2_400 + low * 3 + chunk.records * 41),
        PIECES.tail.take(pa.array(chunk.app)),
    )


def nginx_lines(chunk: Arrivals, day: date) -> memoryview:
    """The chunk as nginx combined lines, in the order given."""
    caller, route = pa.array(chunk.caller), pa.array(chunk.route)
    return _joined(
        PIECES.remote.take(caller),
        f"{day.day:02}/{MONTHS[day.month - 1]}/{day.year}:",
        _fixed(CLOCK[chunk.received_us % DAY_US // 1_000_000]),
        PIECES.request_line.take(route),
        _objects(chunk.choice, route),
        PIECES.after_request.take(route),
        _numbers(chunk.status),
        " ",
        _numbers(response_bytes(chunk.status, chunk.records, chunk.choice)),
        PIECES.agent.take(pa.array(chunk.app)),
    )


def _joined(*parts: pa.Array | str) -> memoryview:
    """The bytes of all lines, one after another."""
    lines = pc.binary_join_element_wise(*parts, "")
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)
    first, last = int(offsets[lines.offset]), int(offsets[lines.offset + len(lines)])
    return memoryview(lines.buffers()[2])[first:last] if len(lines) else memoryview(b"")


def _numbers(values: Integers) -> pa.Array:
    return pa.array(values).cast(pa.string())


def _fixed(texts: np.ndarray[tuple[int, ...], np.dtype[np.bytes_]]) -> pa.Array:
    """Texts of one width as an array of strings, without a copy."""
    width = texts.dtype.itemsize
    offsets = np.arange(0, (len(texts) + 1) * width, width, dtype=np.int32)
    data = np.ascontiguousarray(texts).view(np.uint8) if len(texts) else np.zeros(0, dtype=np.uint8)
    return pa.Array.from_buffers(pa.string(), len(texts), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def _instants(received_us: Integers) -> pa.Array:
    """`2022-01-01T00:00:00.000000` of instants of one UTC day."""
    parts = [("day", "S11"), ("clock", "S8"), ("point", "S1"), ("thousands", "S3"), ("rest", "S3")]
    texts = np.empty(len(received_us), dtype=parts)
    if len(received_us):
        texts["day"] = f"{np.datetime64(int(received_us[0]) // DAY_US, 'D')}T".encode()
    fraction = received_us % 1_000_000
    texts["clock"] = CLOCK[received_us % DAY_US // 1_000_000]
    texts["point"] = b"."
    texts["thousands"] = THOUSAND[fraction // 1_000]
    texts["rest"] = THOUSAND[fraction % 1_000]
    return _fixed(texts.view("S26"))


def _hex(words: Words) -> pa.Array:
    """Sixteen hexadecimal digits of each word."""
    digits = np.empty((len(words), 4), dtype="S4")
    for place in range(4):
        digits[:, place] = HEX[((words >> np.uint64(48 - 16 * place)) & np.uint64(0xFFFF)).astype(np.int64)]
    return _fixed(digits.view("S16").ravel())


def _objects(choice: Words, route: pa.Array) -> pa.Array:
    """The number that stands in the path for the route's parameter; nothing where it has none."""
    number = 1_200_000_000_000_000 + (mix(choice ^ PATH_SALT) % OBJECTS).astype(np.int64) * 7_919
    return pc.if_else(HAS_PARAMETER.take(route), _numbers(number), "")
