"""Whether a firm meets the conditions of a title: rule books read as data, one exact evaluator, no database.

``reading`` turns a mapping into a `Firm`, ``shelf`` holds the books, ``judge`` answers, ``answer`` lays it out as
contracts.md prints it. ``crm/assessing`` judges many firms at once over the same books.
"""
