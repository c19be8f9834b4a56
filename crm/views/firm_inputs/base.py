"""The blueprint of 企业填报, and what its views share."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from models.firm.editing import check_may_change
from models.firm_input.record import FirmInput

bp = Blueprint("firm_inputs", __name__, url_prefix="/firm-inputs")
Answer = str | Response | tuple[str, int]


def changing(input_id: int) -> FirmInput:
    """A request of a firm this person looks after. Raises NotFound, or Refused for somebody who only reads the firm."""
    row = FirmInput.get_for(g.user, input_id)
    check_may_change(g.user, row.firm)
    return row
