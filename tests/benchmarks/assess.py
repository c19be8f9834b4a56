"""All firms against all rule books at once, beside a hand-written vectorised pass of one regime.

Run in a process of its own on two processors, so that the time and the memory are those of this work alone.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date

ON = date(2026, 11, 22)
#: What it may take: seconds, megabytes, processors.
MOST_SECONDS, MOST_MEMORY, PROCESSORS = 30.0, 2_000, 2


@dataclass(frozen=True)
class Assessed:
    """What the batch took, the rows judged again exactly, and what the bare pass of one regime took."""

    firms: int
    seconds: float
    exact: dict[str, int]
    verdicts: dict[str, dict[str, int]]
    one_seconds: float
    bare_seconds: float
    differ: int
    memory: float


def measure(firms: int) -> Assessed:
    """Judge so many firms in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.assess", str(firms)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Assessed(**json.loads(done.stdout))


def _frame(firms: int) -> "object":
    """Firms as they are: heads counted whole, money in whole 万元 or with two decimals, a quarter of it missing."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(20261122)

    def money(around: float, spread: float) -> np.ndarray:
        exact = np.round(random.lognormal(np.log(around), spread, firms), 2)
        return np.where(random.random(firms) < 0.5, np.round(exact), exact)

    staff = np.maximum(1, np.round(random.lognormal(3.2, 1.1, firms)))
    sales = money(1500, 1.4)
    grown, before = (np.round(sales * random.uniform(0.7, 1.1, firms), 2) for _ in range(2))
    columns: dict[str, object] = {
        "staff_total": staff,
        "tech_staff": np.round(staff * random.uniform(0, 0.5, firms)),
        "sales_revenue_2025": sales,
        "sales_revenue_2024": grown,
        "sales_revenue_2023": before,
        "main_revenue_2025": np.round(sales * random.uniform(0.4, 1, firms), 2),
        "main_revenue_2024": np.round(grown * random.uniform(0.4, 1, firms), 2),
        "total_income_2025": sales,
        "hightech_income_2025": np.round(sales * random.uniform(0.3, 1, firms), 2),
        "cost_and_expense_2025": np.round(sales * random.uniform(0.6, 1.2, firms), 2),
        "total_assets_2025": money(2000, 1.4),
        "rd_domestic_three_years": np.round(sales * 0.12, 2),
        "segment_years": random.integers(0, 12, firms),
        "market_share": np.round(random.uniform(0, 0.3, firms), 2),
        "quality_score_2026": random.integers(30, 90, firms),
        "registered": ON.toordinal() - random.integers(30, 8000, firms),
        "conversions_three_years": random.integers(0, 20, firms),
        "hightech_field_ok": (random.random(firms) < 0.6) * 1.0,
        "strategic_industry": (random.random(firms) < 0.4) * 1.0,
        "market_position_ok": (random.random(firms) < 0.5) * 1.0,
        "key_link_ok": (random.random(firms) < 0.3) * 1.0,
        "titles.hnte": (random.random(firms) < 0.08) * 1.0,
        "titles.tech_or_innovative_sme": (random.random(firms) < 0.2) * 1.0,
        "titles.srdi_sme": (random.random(firms) < 0.03) * 1.0,
    }
    columns["total_liabilities_2025"] = np.round(columns["total_assets_2025"] * random.uniform(0, 1, firms), 2)  # type: ignore[operator]
    for year in (2023, 2024, 2025):
        # Every fifth firm spends a round share of its sales: exactly on the borders of the rules.
        share = np.where(random.random(firms) < 0.2, random.choice([0.02, 0.03, 0.04, 0.05, 0.06], firms),
                         random.uniform(0, 0.12, firms))  # fmt: skip
        columns[f"rd_expense_{year}"] = np.round(columns[f"sales_revenue_{year}"] * share, 4)
        columns[f"net_assets_{year}"] = money(900, 1.2)
    for name, most in (("class1_self", 3), ("class1_transferred", 2), ("class2_any", 8)):
        columns[f"ip.{name}"] = random.integers(0, most, firms)
    for part, most in (("ip", 30), ("conversion", 30), ("organisation", 20), ("growth", 20)):
        columns[f"expert_points.{part}"] = random.integers(most // 2, most + 1, firms)
    frame = pd.DataFrame(columns).astype("float64")
    for name in frame.columns:
        if not name.startswith("titles."):
            frame.loc[random.random(firms) < 0.1, name] = np.nan
    frame["industry_code"] = random.choice(["3670", "6513", "7320", "5164", "2710"], firms)
    return frame


def _bare(frame: "object") -> "object":
    """科技型中小企业 by hand: what somebody would write who needs this one answer and no unknowns."""
    import numpy as np
    import pandas as pd

    assert isinstance(frame, pd.DataFrame)
    column = {name: frame[name].to_numpy() for name in frame.columns if name != "industry_code"}
    rd, sales, cost = (column[f"{name}_2025"] for name in ("rd_expense", "sales_revenue", "cost_and_expense"))
    staff = np.digitize(column["tech_staff"] / column["staff_total"], (0.10, 0.15, 0.20, 0.25, 0.30)) * 4
    spent = np.maximum(np.digitize(rd / sales, (0.02, 0.03, 0.04, 0.05, 0.06)),
                       np.digitize(rd / cost, (0.10, 0.15, 0.20, 0.25, 0.30))) * 10  # fmt: skip
    first = column["ip.class1_self"] + column["ip.class1_transferred"]
    results = np.where(first >= 1, 30, np.minimum(column["ip.class2_any"], 4) * 6)
    enough = ((staff + spent + results >= 60) & (staff > 0)) | (column["titles.hnte"] == 1)
    inside = (column["staff_total"] <= 500) & (sales <= 20000) & (column["total_assets_2025"] <= 20000)
    return enough & inside & ~frame["industry_code"].str[:2].isin(["51"]).to_numpy()


def main(firms: int) -> dict[str, object]:
    """Measure in this process, on two processors."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    import numpy as np
    import pandas as pd

    from crm.assessing.batch import VERDICTS, judge_all, table
    from models.rules.assess.shelf import shipped

    frame, shelf = _frame(firms), shipped()
    assert isinstance(frame, pd.DataFrame)
    begun = time.perf_counter()
    outcomes = judge_all(frame, ON, shelf)
    table(outcomes, frame.index)
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    one = judge_all(frame, ON, shelf, ["tech_sme"])["tech_sme"]
    one_seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    bare = _bare(frame)
    bare_seconds = time.perf_counter() - begun
    whole = frame.notna().all(axis=1).to_numpy()
    return {
        "firms": firms,
        "seconds": seconds,
        "exact": {regime: outcome.exact for regime, outcome in outcomes.items()},
        "verdicts": {
            regime: {VERDICTS[code]: int((outcome.verdict == code).sum()) for code in VERDICTS}
            for regime, outcome in outcomes.items()
        },
        "one_seconds": one_seconds,
        "bare_seconds": bare_seconds,
        # Where nothing is missing, both say the same but for the borders that binary floats miss.
        "differ": int((np.asarray(bare)[whole] != (one.verdict[whole] == 1)).sum()),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
