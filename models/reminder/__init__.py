"""The reminder ledger (提醒台账): what was due, who was told when and how, and what came of it."""
