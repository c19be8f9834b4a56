"""Editions (周安排, 月汇报, 季通报, 半年, 全年): drafted from the records, edited, signed, and kept as printed."""
