"""申报培训: sessions, the firms invited to them, who came, who applied afterwards."""

from models.training.inviting import Invited, invite
from models.training.record import Training, TrainingFirm

__all__ = ["Invited", "Training", "TrainingFirm", "invite"]
