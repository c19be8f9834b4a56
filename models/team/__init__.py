"""Teams of officers and experts (十百千 x+x) that visit together."""

from models.team.record import Team, TeamFirm, TeamMember

__all__ = ["Team", "TeamFirm", "TeamMember"]
