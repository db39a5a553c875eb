"""What of our environment builds and installers may see: no secret, and all that they work by."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# By what installers are told of indexes, each a URL or several: without a password in them.
# https://docs.astral.sh/uv/reference/environment/
# https://pip.pypa.io/en/stable/topics/configuration/#environment-variables
OF_INDEXES = (
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"),
    *("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX"),
)

# What a build or an installer may see. Everything else, every secret among it, is
# kept from the code that they run; HOME is a folder of their own.
ALLOWED = frozenset(
    {
        *("PATH", "LANG", "LC_ALL", "LC_CTYPE"),
        *("SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
        *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
        *(
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "GIT_SSL_CAINFO",
        ),
        *("PIP_CERT", "PIP_DEFAULT_TIMEOUT", "PIP_CONFIG_FILE"),
        *("UV_NATIVE_TLS", "UV_HTTP_TIMEOUT", "UV_CONFIG_FILE"),
        *OF_INDEXES,
        # What compilers and their helpers are found by, and told.
        *("CC", "CXX", "CPP", "FC", "F77", "AR", "AS", "LD", "NM", "RANLIB", "STRIP", "WINDRES"),
        *("CFLAGS", "CXXFLAGS", "CPPFLAGS", "FFLAGS", "LDFLAGS", "ARFLAGS", "MAKEFLAGS"),
        *("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        *("PKG_CONFIG", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR"),
        *(
            "CARGO_HOME",
            "RUSTUP_HOME",
            "RUSTUP_TOOLCHAIN",
            "RUSTC",
            "RUSTFLAGS",
            "CARGO_BUILD_JOBS",
        ),
        *("CMAKE_ARGS", "CMAKE_GENERATOR", "CMAKE_PREFIX_PATH", "CMAKE_TOOLCHAIN_FILE"),
        *("CMAKE_BUILD_PARALLEL_LEVEL", "CMAKE_BUILD_TYPE", "SKBUILD_CMAKE_ARGS", "NINJA"),
        *("JAVA_HOME", "CUDA_HOME", "CUDA_PATH", "BLAS", "LAPACK", "OPENBLAS", "SWIG"),
        *("MACOSX_DEPLOYMENT_TARGET", "SDKROOT", "DEVELOPER_DIR", "ARCHFLAGS"),
        *("INCLUDE", "LIB", "LIBPATH", "VCINSTALLDIR", "VSINSTALLDIR", "WINDOWSSDKDIR"),
        *("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "PROGRAMDATA", "ALLUSERSPROFILE"),
        *("COMMONPROGRAMFILES", "COMMONPROGRAMFILES(X86)", "PROCESSOR_ARCHITECTURE"),
        *("NUMBER_OF_PROCESSORS", "SYSTEMDRIVE", "DISTUTILS_USE_SDK", "MSSDK"),
    }
)
# Where rustup keeps its compilers, if no variable says so: a HOME of its own would hide it.
RUSTUP = ".rustup"


def kept_for_others() -> dict[str, str]:
    """Return the variables that the code of others gets, with where the user's settings lie."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ALLOWED and not _names_a_login(name, value)
    }
    return {**_index_configuration(), **_compilers(), **kept}


def _index_configuration() -> dict[str, str]:
    """Name the user's own index settings, which a HOME of its own would hide."""
    found: dict[str, str] = {}
    for name, files in index_files(sys.platform, Path.home(), os.environ).items():
        here = next((file for file in files if file.is_file()), None)
        found |= {name: str(here)} if here else {}
    return found


def index_files(
    platform: str, home: Path, environment: Mapping[str, str]
) -> dict[str, tuple[Path, ...]]:
    """Return where pip and uv look for the settings of a user, by the variable that names one.

    The first that is there counts.
    https://pip.pypa.io/en/stable/topics/configuration/#location
    https://docs.astral.sh/uv/concepts/configuration-files/
    """
    if platform == "win32":
        roaming = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
        pip = (roaming / "pip" / "pip.ini", home / "pip" / "pip.ini")
        return {"PIP_CONFIG_FILE": pip, "UV_CONFIG_FILE": (roaming / "uv" / "uv.toml",)}
    settings = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    of_all = (settings / "pip" / "pip.conf", home / ".pip" / "pip.conf")
    of_macos = (home / "Library" / "Application Support" / "pip" / "pip.conf",)
    return {
        "PIP_CONFIG_FILE": (*of_macos, *of_all) if platform == "darwin" else of_all,
        "UV_CONFIG_FILE": (settings / "uv" / "uv.toml",),
    }


def _names_a_login(name: str, value: str) -> bool:
    """Tell whether a variable names an index by a URL with a user or a password in it."""
    urls = value.split() if name in OF_INDEXES else ()
    return any("@" in url.partition("://")[2].partition("/")[0] for url in urls)


def _compilers() -> dict[str, str]:
    """Name what is found by the user's own HOME, and holds no secret."""
    rustup = Path.home() / RUSTUP
    return {"RUSTUP_HOME": str(rustup)} if rustup.is_dir() else {}
