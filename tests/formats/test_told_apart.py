"""Lines that look alike are told apart by what only one of their formats has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.errors import UnknownFormatError
from tallystick.intake.detection import detect

COMMON = '192.0.2.1 - ann [04/Mar/2022:10:00:00 +0100] "GET /a HTTP/1.1" 200 5'
COMBINED = f'{COMMON} "-" "a b/1.0"'
IN_A_MESH = (
    '[2024-03-01T10:00:00.310Z] "GET /a HTTP/1.1" 200 - via_upstream - "-" 0 5 4 1 "-" "x" "id" "web" "192.0.2.9:80" '
    "outbound|80||web 192.0.2.8:4000 192.0.2.7:80 192.0.2.6:4001 - default"
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (COMMON, "apache_common"),
        (COMMON.replace("192.0.2.1 -", "192.0.2.1 www.example.com"), "apache_common"),
        (f"{COMMON} 35", "tomcat_access"),
        (f"{COMBINED} 35", "tomcat_access"),
        (COMBINED, "nginx_combined"),
        (f'{COMBINED} "203.0.113.9"', "nginx_combined"),
        (COMBINED.replace("192.0.2.1 - ann", "2001:db8::1 - ann lee"), "nginx_combined"),
        (f"www.example.com:443 {COMBINED}", "apache_vhost_combined"),
        (f'{COMMON} 8680 "-" "-"', "apache_timed"),
        (f'{COMBINED} 7 "web@docker" "http://192.0.2.9:80" 12ms', "traefik_clf"),
        (COMBINED.replace(" - ann", " 654x34x1 ann").replace(" 5 ", " 5 91 ") + ' "1abc"', "jira_access"),
        (f"{COMBINED} 310 0.012 [shop-web-80] [] 192.0.2.9:80 5 0.011 200 0123abcd", "nginx_ingress"),
        (IN_A_MESH, "istio_text"),
        (IN_A_MESH.replace(' via_upstream - "-"', "").partition(" outbound")[0], "envoy_text"),
    ],
)
def test_what_only_one_format_has_decides(line: str, expected: str, tmp_path: Path) -> None:
    assert detect(f"{line}\n".encode() * 3, scratch=tmp_path).format == expected


@pytest.mark.parametrize("tail", ["", ' "-" "x"', " 35", ' 8680 "-" "-"'])
def test_a_host_with_its_port_before_the_address_is_not_taken_for_the_client(tail: str, tmp_path: Path) -> None:
    line = f"www.example.com:443 {COMMON}{tail}\n"

    try:
        found = detect(line.encode() * 3, scratch=tmp_path).format
    except UnknownFormatError:
        found = None

    assert found == ("apache_vhost_combined" if tail == ' "-" "x"' else None)


def test_a_log_of_an_ftp_server_is_no_log_of_web_requests(tmp_path: Path) -> None:
    log = (
        "#Software: Microsoft Internet Information Services 10.0\n"
        "#Fields: date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status sc-win32-status x-session\n"
        "2024-03-01 10:00:00 192.0.2.1 ann 192.0.2.80 21 RETR /a.txt 226 0 0f1e2d3c-0000-0000-0000-000000000001\n"
    )

    with pytest.raises(UnknownFormatError):
        detect(log.encode(), scratch=tmp_path)
