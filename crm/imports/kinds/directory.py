"""The lists of the bureau's own directory, by key."""

from crm.imports.directory import DirectoryKind
from crm.imports.kinds import areas, units, users

KINDS: dict[str, DirectoryKind] = {kind.key: kind for kind in (areas.KIND, units.KIND, users.KIND)}
