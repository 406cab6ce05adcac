"""Where each browser of this machine reads its policies. Linux as files; Windows and macOS are told apart in command.py.

Sources: Chromium's docs/enterprise/policies.md and its administrators' Linux page (Ubuntu's own directory); the start scripts of the
flatpaks com.google.Chrome and com.microsoft.Edge (they link the machine's directory); the README of the flatpak
org.chromium.Chromium; Mozilla's administrator reference (policies.json, flatpak). Measured on Debian 12: Chromium 156 reads
/etc/chromium/policies/managed; Firefox ESR 153 reads /etc/firefox/policies/policies.json and, only where there is none, the
`distribution` directory of its installation.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.cli.browser_policy.documents import BROWSERS, Browser

OWN_FILE = "tillbridge.json"
FIREFOX_FILE = "policies.json"

CHROME = Path("etc/opt/chrome/policies/managed")
EDGE = Path("etc/opt/edge/policies/managed")
CHROMIUM = Path("etc/chromium/policies/managed")
CHROMIUM_UBUNTU = Path("etc/chromium-browser/policies/managed")
FIREFOX = Path("etc/firefox/policies")

_DIRECTORIES: dict[Browser, Path] = {"chrome": CHROME, "edge": EDGE, "chromium": CHROMIUM, "firefox": FIREFOX}

_PROGRAMS: dict[Browser, tuple[str, ...]] = {
    "chrome": ("opt/google/chrome/chrome", "usr/bin/google-chrome", "usr/bin/google-chrome-stable"),
    "edge": ("opt/microsoft/msedge/msedge", "usr/bin/microsoft-edge", "usr/bin/microsoft-edge-stable"),
    "chromium": ("usr/lib/chromium/chromium", "usr/lib64/chromium-browser/chromium-browser", "usr/bin/chromium"),
    "firefox": (),
}
_FIREFOX_INSTALLATIONS = (
    "usr/lib/firefox",
    "usr/lib64/firefox",
    "usr/lib/firefox-esr",
    "usr/lib64/firefox-esr",
    "opt/firefox",
    "opt/firefox-esr",
)
_SNAPS = ("snap/bin", "var/lib/snapd/snap/bin")
_FLATPAKS: dict[Browser, str] = {
    "chrome": "com.google.Chrome",
    "edge": "com.microsoft.Edge",
    "chromium": "org.chromium.Chromium",
    "firefox": "org.mozilla.firefox",
}
_FLATPAK_EXTENSIONS = Path("var/lib/flatpak/extension")
_SNAP_COMMAND = "snap connect chromium:etc-chromium-browser-policies"


@dataclass(frozen=True, slots=True)
class Place:
    """A file that one or more browsers read. `shared`: it is not ours alone, others write their policies into it."""

    browser: Browser
    title: str
    path: Path
    shared: bool = False
    commands: tuple[str, ...] = ()
    """What an administrator may have to run besides; told, never run."""


@dataclass(frozen=True, slots=True)
class NotPossible:
    """A browser that is here and cannot be reached by a file, with the reason and what to do instead."""

    browser: Browser
    title: str
    reason: str
    instead: str


@dataclass(frozen=True, slots=True)
class Found:
    places: tuple[Place, ...] = ()
    impossible: tuple[NotPossible, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine as it is looked at: its root directory (another one for an image or a test), home and architecture."""

    root: Path = Path("/")
    home: Path = field(default_factory=Path.home)
    architecture: str = field(default_factory=platform.machine)

    def find(self, asked: Sequence[Browser]) -> Found:
        """Those of the asked browsers that are here, each file once."""
        return self._collect(asked, even_absent=False)

    def named(self, browser: Browser) -> Found:
        """The places of one browser that was asked for by name: its usual one even where it is not here (yet)."""
        return self._collect([browser], even_absent=True)

    def all_files(self) -> frozenset[Path]:
        """Every file that install may ever have written here: nothing else is touched on the word of a record."""
        own = [self.root / directory / OWN_FILE for directory in (CHROME, EDGE, CHROMIUM, CHROMIUM_UBUNTU)]
        firefox = [self.root / FIREFOX / FIREFOX_FILE, *(self._distribution(name) for name in _FIREFOX_INSTALLATIONS)]
        return frozenset([*own, *firefox, self._flatpak_chromium(), self._flatpak_firefox()])

    def _collect(self, asked: Sequence[Browser], *, even_absent: bool) -> Found:
        places: dict[Path, Place] = {}
        impossible: list[NotPossible] = []
        for browser in (name for name in BROWSERS if name in asked):
            found = list(self._firefox() if browser == "firefox" else self._chromium_kin(browser))
            if not found and even_absent:
                found = [self._usual(browser)]
            for one in found:
                if isinstance(one, Place):
                    places.setdefault(one.path, one)
                else:
                    impossible.append(one)
        return Found(tuple(places.values()), tuple(impossible))

    def _usual(self, browser: Browser) -> Place:
        if browser == "firefox":
            return Place("firefox", "Firefox", self.root / FIREFOX / FIREFOX_FILE, shared=True)
        title = {"chrome": "Chrome", "edge": "Edge", "chromium": "Chromium"}[browser]
        return Place(browser, title, self.root / _DIRECTORIES[browser] / OWN_FILE)

    def _chromium_kin(self, browser: Browser) -> Iterator[Place]:
        installed = any((self.root / program).exists() for program in _PROGRAMS[browser])
        if browser == "chromium":
            yield from self._chromium(installed)
        elif installed or self._has_flatpak(browser):
            yield self._usual(browser)

    def _chromium(self, installed: bool) -> Iterator[Place]:
        snap = self._has_snap("chromium")
        if installed or (not snap and (self.root / "usr/bin/chromium-browser").exists()):
            yield self._usual("chromium")
        # Ubuntu's package read this directory, and the snap that took its place does.
        if snap or (self.root / CHROMIUM_UBUNTU.parts[0] / CHROMIUM_UBUNTU.parts[1]).is_dir():
            title = "Chromium (snap)" if snap else "Chromium (directory of Ubuntu)"
            path = self.root / CHROMIUM_UBUNTU / OWN_FILE
            yield Place("chromium", title, path, commands=(_SNAP_COMMAND,) if snap else ())
        if self._has_flatpak("chromium"):
            yield Place("chromium", "Chromium (flatpak)", self._flatpak_chromium())

    def _firefox(self) -> Iterator[Place | NotPossible]:
        system = self.root / FIREFOX / FIREFOX_FILE
        installations = [name for name in _FIREFOX_INSTALLATIONS if (self.root / name).is_dir()]
        # The system's file hides that of an installation as a whole: where one lives by the latter, it must not be created.
        own = [] if system.exists() else [name for name in installations if self._distribution(name).exists()]
        if own:
            for name in own:
                yield Place("firefox", f"Firefox (/{name})", self._distribution(name), shared=True)
            others = [f"/{name}" for name in installations if name not in own] + ["snap"] * self._has_snap("firefox")
            for other in others:
                yield NotPossible(
                    "firefox",
                    f"Firefox ({other})",
                    f"it reads {system} only, which would hide the policies in {self._distribution(own[0])}",
                    f"Move those to {system} and install again.",
                )
        elif installations or self._has_snap("firefox"):
            yield Place("firefox", "Firefox", system, shared=True)
        if self._has_flatpak("firefox"):
            yield Place("firefox", "Firefox (flatpak)", self._flatpak_firefox(), shared=True)

    def _has_snap(self, name: str) -> bool:
        # A link to another program, which may not exist in an image.
        return any((self.root / directory / name).is_symlink() or (self.root / directory / name).exists() for directory in _SNAPS)

    def _has_flatpak(self, browser: Browser) -> bool:
        name = _FLATPAKS[browser]
        return any((base / name).is_dir() for base in (self.root / "var/lib/flatpak/app", self.home / ".local/share/flatpak/app"))

    def _distribution(self, installation: str) -> Path:
        return self.root / installation / "distribution" / FIREFOX_FILE

    def _flatpak_chromium(self) -> Path:
        extension = f"{_FLATPAKS['chromium']}.Extension.tillbridge"
        return self.root / _FLATPAK_EXTENSIONS / extension / self.architecture / "1" / "policies" / "managed" / OWN_FILE

    def _flatpak_firefox(self) -> Path:
        extension = f"{_FLATPAKS['firefox']}.systemconfig"
        return self.root / _FLATPAK_EXTENSIONS / extension / self.architecture / "stable" / "policies" / FIREFOX_FILE
