"""What Windows takes for a device: no file and no folder can have such a name."""

import re

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file#naming-conventions
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Tell whether the name of a file or a folder is a device, whatever ends it has."""
    return _DEVICE.fullmatch(name) is not None
