"""Tells pip where the library lives (`jobs/`), what travels with it, and which command it brings."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
DATA = ("sql", "yaml", "toml", "json", "jinja", "j2", "html", "css", "js", "svg", "md", "typ", "txt")


def requirements(name: str) -> list[str]:
    """The requirement lines of infra/requirements/<name>.in, which is the one place that states them."""
    lines = (HERE / "infra" / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


setup(
    name="tallystick",
    version="0.1.0",
    description="Counts what each API licensee took and holds it against what its agreement allows.",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    package_dir={"": "jobs"},
    packages=find_packages("jobs"),
    package_data={
        "tallystick": [
            "py.typed",
            "expectations/*.json",
            *(f"**/*.{ending}" for ending in DATA),
        ]
    },
    install_requires=requirements("jobs"),
    entry_points={"console_scripts": ["tallystick=tallystick.cli:main"]},
)
